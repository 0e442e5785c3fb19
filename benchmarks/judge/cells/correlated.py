"""Rollouts whose errors are correlated within each minute of each version, in the scenes of the first matrix."""

import numpy as np

from benchmarks.judge.cells.cell import Cell, Scene
from benchmarks.judge.cells.traffic import HISTORY, LATE, MINUTES, SHARES, CountArray, RateArray, Traffic
from simulator.bursts.draws import draw_beta_rates

OUTAGE = slice(12, 15)
"""The minutes of an outage behind both versions, at a share of 10 %."""
OUTAGE_RATES = {Scene.OUTAGE: 0.2, Scene.BIG_OUTAGE: 0.5}
COLD = 2
"""The minutes in which a cold canary completes only half of its calls; the rest complete a minute later."""


def play_correlated(rng: np.random.Generator, cell: Cell, correlation: float, rollouts: int) -> Traffic:
    """Return rollouts whose errors are beta-binomial, by version and minute."""
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
        history_errors=_errors(rng, history_calls, base[:, :HISTORY], correlation),
        canary_calls=canary_calls,
        canary_errors=_errors(rng, canary_calls, canary_rate, correlation),
        stable_calls=stable_calls,
        stable_errors=_errors(rng, stable_calls, stable_rate, correlation),
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
    return rng.binomial(calls, rate if correlation == 0 else draw_beta_rates(rng, rate, correlation))
