"""The simulated minutes of a rollout: the calls and errors of both versions.

Units: calls and errors are counts per minute, rates are fractions of calls, minutes count from the first shift.
"""

import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.judge.cells.cell import Cell, Scene

CountArray = NDArray[np.int64]
RateArray = NDArray[np.float64]
FlagArray = NDArray[np.bool_]

SHARES = np.repeat([0.01, 0.05, 0.10, 0.25, 0.50], 6)
"""The canary's share in each minute: five steps of six minutes, with an evaluation per minute."""
MINUTES = len(SHARES)
HISTORY = 60
"""Minutes before the first shift, in which only stable serves."""
SEED = 20_260_101
OUTAGE = slice(12, 15)
"""The minutes of an outage behind both versions, at a share of 10 %."""
LATE = 10
"""The minute in which a late regression starts."""
COLD = 2
"""The minutes in which a cold canary completes only half of its calls; the rest complete a minute later."""


OUTAGE_RATES = {Scene.OUTAGE: 0.2, Scene.BIG_OUTAGE: 0.5}


@dataclass(frozen=True, eq=False)
class Traffic:
    """Many rollouts of one cell. Arrays are rollouts by minutes; those of the history are rollouts by HISTORY."""

    cell: Cell
    history_calls: CountArray
    history_errors: CountArray
    canary_calls: CountArray
    canary_errors: CountArray
    stable_calls: CountArray
    stable_errors: CountArray
    stable_rate: RateArray
    """The error rate of a canary as good as stable."""
    canary_rate: RateArray
    """The canary's error rate."""

    @cached_property
    def excess_errors(self) -> RateArray:
        """The canary's errors beyond stable's rate."""
        return self.canary_errors - self.canary_calls * self.stable_rate


def play(cell: Cell, rollouts: int) -> Traffic:
    """Return simulated rollouts of a cell; the same number gives the same rollouts."""
    rng = np.random.default_rng([SEED, zlib.crc32(str(cell).encode())])
    volume, base = _day(rng, cell, rollouts)
    history_calls = rng.poisson(cell.calls * volume[:, :HISTORY])
    calls = rng.poisson(cell.calls * volume[:, HISTORY:])
    canary_calls = rng.binomial(calls, SHARES)
    stable_calls = calls - canary_calls
    if cell.scene is Scene.COLD:
        canary_calls = _delayed(canary_calls)
    stable_rate, canary_rate = _rates(cell, base[:, HISTORY:])
    return Traffic(
        cell=cell,
        history_calls=history_calls,
        history_errors=_errors(rng, history_calls, base[:, :HISTORY], cell.correlation),
        canary_calls=canary_calls,
        canary_errors=_errors(rng, canary_calls, canary_rate, cell.correlation),
        stable_calls=stable_calls,
        stable_errors=_errors(rng, stable_calls, stable_rate, cell.correlation),
        stable_rate=stable_rate,
        canary_rate=canary_rate,
    )


def _day(rng: np.random.Generator, cell: Cell, rollouts: int) -> tuple[RateArray, RateArray]:
    """Return the relative volume of calls, 1 on average, and stable's error rate, per minute."""
    shape = (rollouts, HISTORY + MINUTES)
    if cell.scene is not Scene.WAVE:
        return np.ones(shape), np.full(shape, cell.stable_rate)
    day = np.arange(shape[1]) / 1440
    calls, errors = (1 + 0.5 * np.sin(2 * np.pi * (day + rng.random((rollouts, 1)))) for _ in range(2))
    return calls, cell.stable_rate * errors


def _rates(cell: Cell, base: RateArray) -> tuple[RateArray, RateArray]:
    canary = np.ones_like(base) if np.isinf(cell.risk) else np.minimum(base * cell.risk, 1)
    stable = base.copy()
    if cell.scene is Scene.LATE:
        canary[:, :LATE] = base[:, :LATE]
    if cell.scene in OUTAGE_RATES:
        for rate in (canary, stable):
            rate[:, OUTAGE] = np.maximum(rate[:, OUTAGE], OUTAGE_RATES[cell.scene])
    return stable, canary


def _delayed(calls: CountArray) -> CountArray:
    late = np.zeros_like(calls)
    late[:, :COLD] = calls[:, :COLD] // 2
    return calls - late + np.roll(late, 1, axis=1)


def _errors(rng: np.random.Generator, calls: CountArray, rate: RateArray, correlation: float) -> CountArray:
    """Return beta-binomial counts: each minute of each version draws its own rate around `rate`."""
    if correlation == 0:
        return rng.binomial(calls, rate)
    spread = (1 - correlation) / correlation
    drawn = rng.beta(np.clip(rate, 1e-12, None) * spread, np.clip(1 - rate, 1e-12, None) * spread)
    return rng.binomial(calls, np.where(rate >= 1, 1.0, drawn))
