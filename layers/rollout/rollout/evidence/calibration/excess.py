"""How many times more often than promised the evidence rises in rollouts without a canary.

The evidence promises P(highest evidence >= x) <= 1/x for each x. Rollouts made of stable's own minutes show where it
does not hold for this alias. The factor is the largest x * p over the levels x, where p is the one-sided lower
confidence bound of that probability: with evidence divided by the factor, the levels keep the promise.
Source: Clopper and Pearson 1934 for the bound.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from math import comb, log
from random import Random
from typing import NamedTuple

from rollout.domain.counts import Counts
from rollout.evidence.calibration.own_minutes import split_minutes
from rollout.evidence.combined import highest_log_evidence
from rollout.evidence.dispersion import ENOUGH_MINUTES, learn_dispersion
from rollout.evidence.rate_grid import learn_levels

ROLLOUTS = 100
"""The most rollouts that are made of stable's minutes: more take the time of the evaluation."""

FIRST, FEWEST = 30, 2
"""If fewer than FEWEST of the FIRST rollouts reach the lowest level, the others would hardly raise the limit."""

MOST_MINUTES = 30
"""A longer rollout is scaled down to so many minutes: the judge itself takes no more groups."""

LEVELS = (10, 30, 100, 300, 1_000, 3_000)
"""The evidence that is counted. One rollout above all of them raises nothing."""

RISK = 0.01
"""The probability that a bound is above the true share, at each level."""

MOST = 100.0
"""The limit is never raised by more than this factor: a canary that fails every call must still be found."""


class Excess(NamedTuple):
    """How often the evidence of rollouts without a canary was above a level."""

    factor: float = 1.0
    """How many times more often than promised, at least, from 1 to MOST."""
    level: int = LEVELS[0]
    exceeded: int = 0
    """The rollouts whose evidence reached the level."""
    rollouts: int = 0
    """All rollouts; 0 if stable has too few minutes, or if there are no shares."""


def measure_excess(
    history: Sequence[Counts],
    shares: Sequence[float],
    seed: str,
    period_seconds: int = 60,
    most_rollouts: int = ROLLOUTS,
) -> Excess:
    """Return the excess for stable's minutes before the first shift and the canary's share in each minute to come.

    Shares are from 0 to 1. The same arguments give the same result.
    """
    served = [counts for counts in history if counts.calls]
    if len(served) < ENOUGH_MINUTES or not shares:
        return Excess()
    highest: list[float] = []
    for value in islice(_highest(served, _scaled(shares), seed, period_seconds), most_rollouts):
        highest.append(value)
        if len(highest) == FIRST and _reached(highest, LEVELS[0]) < FEWEST:
            return Excess(1.0, LEVELS[0], _reached(highest, LEVELS[0]), len(highest))
    return max((_at_level(highest, level) for level in LEVELS), key=lambda excess: excess.factor)


def _scaled(shares: Sequence[float]) -> list[float]:
    """Return the shares of at most MOST_MINUTES minutes, each in the proportion of its time."""
    count = min(len(shares), MOST_MINUTES)
    return [shares[int((minute + 0.5) * len(shares) / count)] for minute in range(count)]


def _highest(history: Sequence[Counts], shares: Sequence[float], seed: str, period_seconds: int) -> Iterator[float]:
    """Yield ln of the highest evidence of each rollout; one that reaches no level is 0."""
    random, dispersion = Random(seed), learn_dispersion(history, period_seconds=period_seconds)  # noqa: S311 - no secret
    levels, least = learn_levels(history, dispersion), log(LEVELS[0])
    while True:
        groups = split_minutes(random, history, shares, dispersion, period_seconds)
        yield highest_log_evidence(groups, dispersion, levels, least)


def _reached(highest: Sequence[float], level: int) -> int:
    return sum(value >= log(level) for value in highest)


def _at_level(highest: Sequence[float], level: int) -> Excess:
    exceeded = _reached(highest, level)
    # One of few rollouts shows no share, however high its evidence is.
    factor = level * least_probability(exceeded, len(highest)) if exceeded >= FEWEST else 1.0
    return Excess(min(max(factor, 1.0), MOST), level, exceeded, len(highest))


def least_probability(count: int, total: int) -> float:
    """Return the largest probability at which `count` or more of `total` are as rare as RISK; 0 for no count."""
    low, high = 0.0, count / total
    while high - low > 1e-6:  # noqa: PLR2004 - far below what a limit of two digits shows
        middle = (low + high) / 2
        low, high = (middle, high) if _at_least(count, total, middle) <= RISK else (low, middle)
    return low


def _at_least(count: int, total: int, probability: float) -> float:
    """Return the probability that a binomial variable reaches the count."""
    return 1 - sum(
        comb(total, below) * probability**below * (1 - probability) ** (total - below) for below in range(count)
    )
