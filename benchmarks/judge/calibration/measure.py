"""Measures in a world how often the limit is raised, and what the evidence then still decides.

The shipped calibration reads the history of each rollout; the evidence is that of the vectorised twin, which has none.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.judge.calibration.foreign import Foreign, play_foreign
from benchmarks.judge.cells.cell import Cell, Shared, World
from benchmarks.judge.cells.play import play
from benchmarks.judge.cells.traffic import SHARES, RateArray, Traffic
from benchmarks.judge.rules.shipped import POLICY
from benchmarks.judge.rules.twin import log_evidence
from rollout.domain.counts import Counts
from rollout.evidence.calibration.excess import Excess, measure_excess
from rollout.state.calibration import Calibration
from simulator.bursts.shape import INDEPENDENT, Clumps, Environments, Heavy

WORLDS: tuple[World, ...] = (
    INDEPENDENT,
    Shared.SLOW_WAVE,
    Shared.OUTAGE,
    Clumps(3),
    Clumps(10),
    Environments(100),
    Environments(1000),
    Heavy(),
)
CALLS, RATES = (600, 6_000), (0.001, 0.01)
WORSE = 5
"""The relative risk of the bad canary; another one fails all its calls."""


@dataclass(frozen=True)
class Setting:
    """One kind of rollout."""

    world: World | Foreign
    calls: int
    rate: float = 0
    """Stable's error rate, 0 to 1; a foreign world has its own."""


@dataclass(frozen=True)
class Result:
    """The results of the rollouts of one setting; pairs are shares without and with calibration, 0 to 1."""

    setting: Setting
    factors: tuple[float, ...]
    """What the limit of each rollout is multiplied by."""
    healthy: tuple[float, float]
    worse: tuple[float, float]
    failing: tuple[float, float]


def settings() -> list[Setting]:
    """Return every setting: the worlds that the judge was made for, and then the foreign ones."""
    known = [Setting(world, calls, rate) for world in WORLDS for calls in CALLS for rate in RATES]
    return known + [Setting(world, calls) for world in Foreign for calls in CALLS]


def measure(setting: Setting, rollouts: int) -> Result:
    """Return the results of so many rollouts; the same number gives the same results."""
    healthy, worse, failing = _play(setting, rollouts)
    found = [_excess(healthy, row) for row in range(rollouts)]
    own = POLICY.evidence_limit
    limits = np.array([Calibration(**excess._asdict()).applied_to(own) for excess in found])
    pairs = [_rolled_back(traffic, limits) for traffic in (healthy, worse, failing)]
    return Result(setting, tuple(float(limit / own) for limit in limits), *pairs)


def _play(setting: Setting, rollouts: int) -> Sequence[Traffic]:
    """Return a healthy canary, a worse one and one that fails all its calls, after the same hours of history."""
    if isinstance(setting.world, Foreign | Shared):
        healthy = _healthy(setting.world, setting, rollouts)
        return healthy, _worse(healthy), replace(healthy, canary_errors=healthy.canary_calls)
    cells = (Cell(setting.calls, setting.rate, risk, setting.world) for risk in (1, WORSE, math.inf))
    healthy, *bad = (play(cell, rollouts) for cell in cells)
    calls, errors = healthy.history_calls, healthy.history_errors
    return healthy, *(replace(traffic, history_calls=calls, history_errors=errors) for traffic in bad)


def _healthy(world: Foreign | Shared, setting: Setting, rollouts: int) -> Traffic:
    if isinstance(world, Foreign):
        return play_foreign(world, setting.calls, rollouts)
    return play(Cell(setting.calls, setting.rate, 1, world), rollouts)


def _worse(healthy: Traffic) -> Traffic:
    """Return the rollouts with more failed calls of the canary, one by one, up to WORSE times stable's mean rate."""
    rng = np.random.default_rng(int(healthy.history_errors.sum()))
    more = (WORSE - 1) * healthy.history_errors.sum() / healthy.history_calls.sum()
    left = healthy.canary_calls - healthy.canary_errors
    return replace(healthy, canary_errors=healthy.canary_errors + rng.binomial(left, min(more, 1.0)))


def _excess(traffic: Traffic, row: int) -> Excess:
    counts = zip(traffic.history_calls[row], traffic.history_errors[row], strict=True)
    history = [Counts(calls=int(calls), bad=int(bad)) for calls, bad in counts]
    return measure_excess(history, [float(share) for share in SHARES], f"rollout {row}")


def _rolled_back(traffic: Traffic, limits: RateArray) -> tuple[float, float]:
    highest = log_evidence(traffic).max(axis=1)
    return float((highest >= math.log(POLICY.evidence_limit)).mean()), float((highest >= np.log(limits)).mean())
