"""Rollouts in which both versions' errors come from one source: a wave, an outage, or events that are tried again."""

import numpy as np

from benchmarks.judge.cells.cell import Cell, Shared
from benchmarks.judge.cells.traffic import HISTORY, CountArray, RateArray, Traffic

MEMORY = {Shared.SLOW_WAVE: 60, Shared.QUICK_WAVE: 2}
"""Minutes after which the autocorrelation of a wave has fallen to 1/e."""
DEVIATION = 1.0
"""The standard deviation of ln of the rate: one minute in twenty is above five times the median."""
OUTAGE_MINUTES = (0.5, 5)
OUTAGE_DEPTH = (0.1, 1)
"""The share of failing calls in an outage: between these."""
DELAYS = (0, 1, 3)
"""Minutes after the event at which it is tried: those of Lambda's asynchronous invocations, two retries."""
FAILS_AGAIN = {Shared.POISON: 1, Shared.TRANSIENT: 0.5}
"""The probability that a retry fails."""


def play_shared(rng: np.random.Generator, cell: Cell, world: Shared, rollouts: int, shares: RateArray) -> Traffic:
    """Return rollouts of a cell with the canary's share in each minute; the canary has no errors of its own."""
    all_shares = np.concatenate([np.zeros(HISTORY), shares])
    errors_of = _retried if world in FAILS_AGAIN else _together
    canary, stable, rate = errors_of(rng, cell, world, all_shares, rollouts)
    (canary_calls, canary_errors), (stable_calls, stable_errors) = canary, stable
    return Traffic(
        cell=cell,
        history_calls=stable_calls[:, :HISTORY],
        history_errors=stable_errors[:, :HISTORY],
        canary_calls=canary_calls[:, HISTORY:],
        canary_errors=canary_errors[:, HISTORY:],
        stable_calls=stable_calls[:, HISTORY:],
        stable_errors=stable_errors[:, HISTORY:],
        stable_rate=rate[:, HISTORY:],
        canary_rate=rate[:, HISTORY:],
    )


Counted = tuple[CountArray, CountArray]
Both = tuple[Counted, Counted, RateArray]
"""The calls and errors of the canary and of stable, and their common rate: rollouts by all minutes."""


def _together(rng: np.random.Generator, cell: Cell, world: Shared, shares: RateArray, rollouts: int) -> Both:
    """Return calls that fail independently at one rate."""
    shape = rollouts, len(shares)
    rate = _outage(rng, cell, shape) if world is Shared.OUTAGE else _wave(rng, cell, world, shape)
    canary, stable = (rng.poisson(cell.calls * share, rate.shape) for share in (shares, 1 - shares))
    return (canary, rng.binomial(canary, rate)), (stable, rng.binomial(stable, rate)), rate


def _wave(rng: np.random.Generator, cell: Cell, world: Shared, shape: tuple[int, int]) -> RateArray:
    """Return rates whose logarithms are autoregressive of order 1, with the cell's rate as mean."""
    kept = np.exp(-1 / MEMORY[world])
    steps = DEVIATION * rng.standard_normal(shape)
    steps[:, 1:] *= np.sqrt(1 - kept**2)
    for minute in range(1, shape[1]):
        steps[:, minute] += kept * steps[:, minute - 1]
    rate: RateArray = np.minimum(cell.stable_rate * np.exp(steps - DEVIATION**2 / 2), 1)
    return rate


def _outage(rng: np.random.Generator, cell: Cell, shape: tuple[int, int]) -> RateArray:
    """Return rates with an outage that covers a part of its first and of its last minute.

    It begins at any second, from the longest outage before the first shift on.
    """
    longest, (rollouts, all_minutes) = OUTAGE_MINUTES[1], shape
    start = HISTORY - longest + (all_minutes - HISTORY + longest) * rng.random((rollouts, 1))
    end = start + rng.uniform(*OUTAGE_MINUTES, (rollouts, 1))
    minutes = np.arange(all_minutes)
    covered = np.clip(np.minimum(end, minutes + 1) - np.maximum(start, minutes), 0, 1)
    depth = rng.uniform(*OUTAGE_DEPTH, (rollouts, 1))
    rate: RateArray = cell.stable_rate + (depth - cell.stable_rate) * covered
    return rate


def _retried(rng: np.random.Generator, cell: Cell, world: Shared, shares: RateArray, rollouts: int) -> Both:
    """Return calls among which events fail more than once, each time on a version chosen by the share."""
    again = FAILS_AGAIN[world]
    before, minutes = max(DELAYS), len(shares)
    events = cell.calls * cell.stable_rate / sum(again**number for number in range(len(DELAYS)))
    failing = rng.poisson(events, (rollouts, minutes + before))
    errors = np.zeros((rollouts, minutes), dtype=np.int64)
    for delay in DELAYS:
        errors += failing[:, before - delay : before - delay + minutes]
        failing = rng.binomial(failing, again)
    canary = rng.binomial(errors, shares)
    passing = cell.calls * (1 - cell.stable_rate)
    canary_calls = canary + rng.poisson(passing * shares, errors.shape)
    stable_calls = errors - canary + rng.poisson(passing * (1 - shares), errors.shape)
    return (canary_calls, canary), (stable_calls, errors - canary), np.full(errors.shape, cell.stable_rate)
