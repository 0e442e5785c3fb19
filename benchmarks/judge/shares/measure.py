"""Simulates the minutes of a cell, and measures when the shipped test finds that the share is missing."""

import math
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from benchmarks.judge.shares.cell import GROUPS, LATER, MINUTES, OVERDISPERSED, Cell, Fault, Routing
from rollout.evidence import missing_share as shipped
from rollout.evidence.missing_share import SharedMinute, missing_share_log_evidence
from rollout.judging.missing_share import PART_OF_FALSE_ROLLBACKS
from rollout.policy.policy import Policy

CountArray = NDArray[np.int64]
RateArray = NDArray[np.float64]

SEED = 20_260_102
LIMIT = math.log(PART_OF_FALSE_ROLLBACKS * Policy.model_validate({"steps": "AllAtOnce"}).evidence_limit)
LAG_MINUTES = 2
"""CloudWatch's lag: a minute is judged two minutes after its end."""
RUNS_A_THIRD = 1 / 3
LATE_SECONDS = 10
NOT_YET_COUNTED = 1 / 3
COMPARED = 20
"""So many rollouts of a cell are judged by the shipped code too."""
CLOSE = 1e-9


class TwinError(Exception):
    """When the vectorised test and the shipped code disagree."""


@dataclass(frozen=True)
class Result:
    """How many rollouts of a cell the test rolls back, and when."""

    cell: Cell
    rollouts: int
    early: int
    """Rolled back before the canary was refused later."""
    minutes: RateArray
    """Minutes until each rollback, from the first shift or the first refused call, with CloudWatch's lag."""

    @property
    def share(self) -> float:
        """The share of rollouts that are rolled back, 0 to 1."""
        return (len(self.minutes) + self.early) / self.rollouts

    @property
    def high(self) -> float:
        """The upper end of the 95 % interval of that share. Source: Clopper and Pearson 1934."""
        rolled_back = len(self.minutes) + self.early
        return (
            float(beta.ppf(0.975, rolled_back + 1, self.rollouts - rolled_back)) if rolled_back < self.rollouts else 1
        )

    def quantile(self, part: float) -> float:
        """Return the minutes within which this part of all rollouts is rolled back; infinite if fewer are."""
        needed = math.ceil(part * self.rollouts)
        return float(np.sort(self.minutes)[needed - 1]) if len(self.minutes) >= needed else math.inf


def measure(cell: Cell, rollouts: int) -> Result:
    """Simulate a cell; raises TwinError if the shipped code disagrees."""
    rng = np.random.default_rng([SEED, zlib.crc32(str(cell).encode())])
    canary, stable = _calls(rng, cell, rollouts)
    evidence = _log_evidence(cell, canary, stable)
    _compare(cell, canary, stable, evidence)
    if cell.routing is Routing.SLOW:
        evidence = np.maximum(evidence, _log_evidence_with_late_counts(rng, cell, canary, stable))
    found = evidence >= LIMIT
    first = np.where(found.any(axis=1), found.argmax(axis=1), MINUTES)
    begin = LATER if cell.fault is Fault.REFUSED_LATER else 0
    rightly = first[(first < MINUTES) & (first >= begin)]
    return Result(cell, rollouts, int((first < begin).sum()), rightly + 1.0 - begin + LAG_MINUTES)


def _calls(rng: np.random.Generator, cell: Cell, rollouts: int) -> tuple[CountArray, CountArray]:
    """Return both versions' counted calls: rollouts by minutes."""
    shape = (rollouts, MINUTES)
    group = GROUPS.get(cell.routing, 1)
    volume = np.full(shape, float(cell.calls))
    if cell.routing is Routing.WAVE:
        volume *= 1 + 0.5 * np.sin(2 * np.pi * (np.arange(MINUTES) / MINUTES + rng.random((rollouts, 1))))
    decisions = rng.poisson(volume / group)
    canary = rng.binomial(decisions, _drawn_shares(rng, cell, shape))
    stable = (decisions - canary) * group
    return rng.binomial(canary * group, _run_share(cell)), stable


def _drawn_shares(rng: np.random.Generator, cell: Cell, shape: tuple[int, int]) -> RateArray:
    weights = np.broadcast_to(np.array(cell.percents) / 100, shape).copy()
    if cell.routing in OVERDISPERSED:
        deviation = OVERDISPERSED[cell.routing] * weights * np.sqrt(1 - weights)
        spread = weights * (1 - weights) / deviation**2 - 1
        return rng.beta(weights * spread, (1 - weights) * spread)
    if cell.routing is Routing.LATE_WEIGHT:
        before = np.concatenate([[0.0], np.array(cell.percents[:-1]) / 100])
        weights += (before - weights) * LATE_SECONDS / 60
    return weights


def _run_share(cell: Cell) -> RateArray:
    """Return the part of the canary's calls that Lambda runs in each minute."""
    run = np.ones(MINUTES)
    if cell.fault is Fault.THROTTLED:
        run[:] = RUNS_A_THIRD
    elif cell.fault is not Fault.NONE:
        run[LATER if cell.fault is Fault.REFUSED_LATER else 0 :] = 0
    return run


def _log_evidence(cell: Cell, canary: CountArray, stable: CountArray) -> RateArray:
    """Return what the shipped test returns after each minute, for all rollouts at once."""
    ratios = [_log_ratios(cell, canary, stable, fraction) for fraction in shipped.FRACTIONS]
    missing = [np.zeros(len(canary)) for _ in ratios]
    has_share, starts, evidence = 1.0, shipped.FROM_THE_FIRST_MINUTE, np.empty(canary.shape)
    for minute in range(MINUTES):
        started, starts = has_share * starts, shipped.LATER_PROBABILITY
        has_share -= started
        missing = [(value + started) * np.exp(ratio[:, minute]) for value, ratio in zip(missing, ratios, strict=True)]
        evidence[:, minute] = np.log(sum(missing) / len(missing) + has_share)
    return evidence


def _log_ratios(cell: Cell, canary: CountArray, stable: CountArray, fraction: float) -> RateArray:
    weights = np.array(cell.percents) / 100
    tolerated, most = np.log1p(-shipped.TOLERATED * weights), shipped.FRACTIONS[0]
    reach = (canary + stable) * (np.log1p(-most * weights) - tolerated)
    power = np.minimum(1 / shipped.CLUSTER, shipped.MOST_PER_MINUTE / np.maximum(reach, 1e-9))
    by_stable = np.log1p(-fraction * weights) - tolerated
    ratios: RateArray = power * (canary * math.log(fraction / shipped.TOLERATED) + stable * by_stable)
    return ratios


def _log_evidence_with_late_counts(
    rng: np.random.Generator, cell: Cell, canary: CountArray, stable: CountArray
) -> RateArray:
    """Return the evidence at each evaluation if its newest minute lacks a part of the canary's calls."""
    evidence = np.empty(canary.shape)
    counted = rng.binomial(canary, 1 - NOT_YET_COUNTED)
    for minute in range(MINUTES):
        seen = canary.copy()
        seen[:, minute] = counted[:, minute]
        evidence[:, minute] = _log_evidence(cell, seen, stable)[:, minute]
    return evidence


def _compare(cell: Cell, canary: CountArray, stable: CountArray, evidence: RateArray) -> None:
    """Compare some rollouts with the shipped code; raises TwinError."""
    for row in range(min(COMPARED, len(canary))):
        counts = zip(canary[row].tolist(), stable[row].tolist(), cell.percents, strict=True)
        own = missing_share_log_evidence([SharedMinute(one, other, percent / 100) for one, other, percent in counts])
        if not math.isclose(own, evidence[row, -1], rel_tol=CLOSE, abs_tol=CLOSE):
            raise TwinError(
                f"{cell}, rollout {row}: the shipped test says {own:.12g}, its twin {evidence[row, -1]:.12g}. Fix"
                " benchmarks/judge/shares/measure.py."
            )
