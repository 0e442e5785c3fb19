"""Draws of bad calls in bursts, vectorised over rollouts or minutes.

Units: calls are counts, rates are fractions of calls from 0 to 1, times are minutes.
"""

import numpy as np
from numpy.typing import NDArray

CountArray = NDArray[np.int64]
RateArray = NDArray[np.float64]

BAD_MINUTES = 2
"""How long an environment that turned bad fails all its calls."""
FEWEST = 1e-12
"""Environments of a version without calls: a number to divide by."""
TAIL = 1.5
"""The exponent of the Pareto multiplier: its mean is finite, its variance is not."""


def draw_clumped_calls(rng: np.random.Generator, expected_calls: RateArray, rate: RateArray, mean: float) -> CountArray:
    """Return counts of bad calls that come in clumps of geometric size with this mean.

    The number of clumps is Poisson, so a version that has a share of the calls gets that share of the clumps, each of
    them whole. Mean: `expected_calls * rate`; variance: that times `2 * mean - 1`.
    """
    clumps = rng.poisson(expected_calls * rate / mean)
    further = rng.negative_binomial(np.maximum(clumps, 1), 1 / mean)
    return np.where(clumps > 0, clumps + further, 0)


def draw_heavy_rates(rng: np.random.Generator, rate: RateArray) -> RateArray:
    """Return each rate times a Pareto multiplier of mean 1 with exponent TAIL, at most 1."""
    multipliers = (1 + rng.pareto(TAIL, np.shape(rate))) * (TAIL - 1) / TAIL
    return np.where(rate >= 1, 1.0, np.minimum(rate * multipliers, 1))


def draw_beta_rates(rng: np.random.Generator, rate: RateArray, correlation: float) -> RateArray:
    """Return a beta-distributed rate around each rate: two calls at one of them have this correlation."""
    spread = (1 - correlation) / correlation
    drawn = rng.beta(np.clip(rate, 1e-12, None) * spread, np.clip(1 - rate, 1e-12, None) * spread)
    return np.where(rate >= 1, 1.0, drawn)


class BadEnvironments:
    """The execution environments of one version in many rollouts, at one time: some of them are bad.

    The number of a version's environments is its calls over those of one environment, and need not be whole: calls
    turn environments bad, so a version with a tenth of one environment's calls has a bad one a tenth as often. The mean
    share of failed calls is the requested rate at any time, also in the first minute and after a change of the number.
    It is less in two cases. A version with fewer calls than one environment serves has its share of the bad times, but
    each of them fails only the calls that it has. And if more environments are bad than there are, all calls fail.
    """

    def __init__(self, rng: np.random.Generator, calls: float, rollouts: int) -> None:
        self._rng, self._calls = rng, calls
        self._now = 0.0
        self._environments = np.zeros(rollouts)
        self._rows: CountArray = np.empty(0, dtype=np.int64)
        self._starts: RateArray = np.empty(0)

    def pass_time(self, calls_per_minute: RateArray, rate: RateArray, minutes: float = 1) -> RateArray:
        """Return the share of each rollout's calls that bad environments get in the next minutes, at most 1."""
        environments = np.broadcast_to(calls_per_minute / self._calls, rate.shape)
        self._change_number(environments, rate)
        self._turn_bad(environments * rate, self._now, minutes)
        end = self._now + minutes
        bad = np.minimum(self._starts + BAD_MINUTES, end) - np.maximum(self._starts, self._now)
        share = np.bincount(self._rows, np.maximum(bad, 0) / minutes, len(rate)) / np.maximum(environments, 1)
        self._now = end
        self._keep(self._starts + BAD_MINUTES > end)
        return np.minimum(share, 1)

    def _change_number(self, environments: RateArray, rate: RateArray) -> None:
        """Remove environments whether bad or not, or add some that may have turned bad before now."""
        kept = np.minimum(environments / np.maximum(self._environments, FEWEST), 1)
        if (kept < 1).any():
            self._keep(self._rng.random(len(self._rows)) < kept[self._rows])
        added = np.maximum(environments - self._environments, 0)
        if added.any():
            self._turn_bad(added * rate, self._now - BAD_MINUTES, BAD_MINUTES)
        self._environments = environments

    def _turn_bad(self, failing: RateArray, since: float, minutes: float) -> None:
        """Let environments turn bad at random moments in some minutes; `failing` is their mean number at a moment."""
        numbers = self._rng.poisson(failing * minutes / BAD_MINUTES)
        rows = np.repeat(np.arange(len(numbers)), numbers)
        starts = since + minutes * self._rng.random(len(rows))
        self._rows, self._starts = np.concatenate([self._rows, rows]), np.concatenate([self._starts, starts])

    def _keep(self, those: NDArray[np.bool_]) -> None:
        self._rows, self._starts = self._rows[those], self._starts[those]
