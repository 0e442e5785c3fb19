"""Worlds that the judge was not made for: no function of stable's volume tells how a version meets their errors."""

import zlib
from enum import StrEnum

import numpy as np

from benchmarks.judge.cells.cell import Cell
from benchmarks.judge.cells.traffic import HISTORY, MINUTES, SEED, SHARES, CountArray, RateArray, Traffic

BACKGROUND = 0.001
"""The error rate beside a batch job."""
BATCH, BATCH_MINUTES = 40, 10
HALF_HOUR = 30
CLUMP, BURST_RATE = 10, 0.01
"""In a half hour of bursts, clumps of this mean size fail at this rate; in the other half hours none fails."""
STORM_ERRORS, STORM_GAP = 40, 12
"""Failed calls in a minute of a storm, and the mean minutes between storms."""
STORM_MINUTES = (3, 8)


class Foreign(StrEnum):
    """How errors come."""

    BATCH = "batch of 40 failing calls each tenth minute"
    """All of a batch run on one version, chosen by the share."""
    HALF_HOURS = "half hours of clumps:10"
    STORMS = "storms of 3 to 8 minutes"
    """About 40 failed calls a minute, all on one version; only a larger share can move a storm to the canary."""


def play_foreign(world: Foreign, calls: int, rollouts: int) -> Traffic:
    """Return simulated rollouts of a canary as good as stable, with so many calls a minute on the alias."""
    rng = np.random.default_rng([SEED, zlib.crc32(f"{world} {calls}".encode())])
    shares = np.r_[np.zeros(HISTORY), SHARES]
    bad = _ERRORS[world](rng, calls, rollouts, shares)
    canary, stable = (
        np.maximum(rng.poisson(np.broadcast_to(calls * share, errors.shape)), errors)
        for share, errors in zip((shares, 1 - shares), bad, strict=True)
    )
    unknown = np.zeros((rollouts, MINUTES))
    return Traffic(
        Cell(calls, BACKGROUND, 1),
        stable[:, :HISTORY],
        bad[1][:, :HISTORY],
        canary[:, HISTORY:],
        bad[0][:, HISTORY:],
        stable[:, HISTORY:],
        bad[1][:, HISTORY:],
        unknown,
        unknown,
    )


Errors = tuple[CountArray, CountArray]
"""The failed calls of the canary and of stable: rollouts by minutes, with those of the history."""


def _batches(rng: np.random.Generator, calls: int, rollouts: int, shares: RateArray) -> Errors:
    phase = rng.integers(0, BATCH_MINUTES, (rollouts, 1))
    is_on = (np.arange(len(shares)) + phase) % BATCH_MINUTES == 0
    is_canary = rng.random(is_on.shape) < shares
    canary, stable = (
        np.where(is_on & chosen, BATCH, 0) + rng.poisson(np.broadcast_to(BACKGROUND * calls * share, is_on.shape))
        for chosen, share in ((is_canary, shares), (~is_canary, 1 - shares))
    )
    return canary, stable


def _half_hours(rng: np.random.Generator, calls: int, rollouts: int, shares: RateArray) -> Errors:
    phase = rng.integers(0, 2 * HALF_HOUR, (rollouts, 1))
    is_on = (np.arange(len(shares)) + phase) // HALF_HOUR % 2 == 0
    clumps = rng.poisson(np.where(is_on, calls * BURST_RATE / CLUMP, 0))
    on_canary = rng.binomial(clumps, np.broadcast_to(shares, clumps.shape))
    return _sizes(rng, on_canary), _sizes(rng, clumps - on_canary)


def _sizes(rng: np.random.Generator, clumps: CountArray) -> CountArray:
    """Return the calls of so many clumps of geometric size."""
    more = rng.negative_binomial(np.maximum(clumps, 1), 1 / CLUMP)
    return np.where(clumps > 0, clumps + more, 0)


def _storms(rng: np.random.Generator, _: int, rollouts: int, shares: RateArray) -> Errors:
    canary, stable = (np.zeros((rollouts, len(shares)), dtype=np.int64) for _ in range(2))
    for row in range(rollouts):
        start = -3 * STORM_GAP  # storms come as often in the first minute as in any other
        while (start := start + int(rng.geometric(1 / STORM_GAP))) < len(shares):
            end = start + int(rng.integers(*STORM_MINUTES, endpoint=True))
            struck = slice(max(start, 0), max(end, 0))
            # One draw for the storm, and the share of each minute: the canary is as good as stable in every step.
            is_canary = rng.random() < shares[struck]
            errors = rng.poisson(STORM_ERRORS, len(is_canary))
            canary[row, struck], stable[row, struck] = errors * is_canary, errors * ~is_canary
            start = end
    return canary, stable


_ERRORS = {Foreign.BATCH: _batches, Foreign.HALF_HOURS: _half_hours, Foreign.STORMS: _storms}
