"""What each rule makes of a cell: how often it takes the canary back, how soon, and after how many failures."""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from benchmarks.judge.cell import Cell, Scene
from benchmarks.judge.oracle import all_knowing, wald
from benchmarks.judge.peers import PEERS, Rule
from benchmarks.judge.shipped import by_evidence, compare, shipped
from benchmarks.judge.traffic import LATE, MINUTES, SEED, Counts, Rates, Traffic, play

SHIPPED = "Lambda Rollouts"
EVIDENCE = "evidence alone"
"""The shipped judge without the ceiling of its guards: tells which of the two took a canary back."""
ORACLE = "oracle"
ALL_KNOWING = "all-knowing"
RULES: dict[str, Rule] = {SHIPPED: shipped, EVIDENCE: by_evidence, **PEERS, ORACLE: wald, ALL_KNOWING: all_knowing}
NORMAL_95 = 1.96
COMPARED = 0.001
"""The share of rollouts that the shipped judge itself judges too."""


@dataclass(frozen=True)
class Mean:
    """A mean and its standard error."""

    value: float
    error: float

    @property
    def margin(self) -> float:
        """Half the width of the 95 % interval."""
        return NORMAL_95 * self.error


@dataclass(frozen=True)
class Tally:
    """One rule in one cell."""

    rollouts: int
    early: int
    """Taken back before a late regression began; 0 in other scenes."""
    caught: int
    """Taken back otherwise: rightly where the canary is worse, falsely where it is healthy."""
    median_minutes: float
    """From the first shift, or the beginning of a late regression, to the rollback; infinite where half never is."""
    median_failed: float
    """Failed canary calls until the rollback; infinite where half never is."""
    excess: Mean
    """Canary failures beyond stable's rate, until the rollback or the end."""
    shipped_more: Mean
    """How many more the shipped judge lets through, rollout by rollout."""

    @property
    def rolled_back(self) -> int:
        """Taken back at any time."""
        return self.early + self.caught

    @property
    def share(self) -> float:
        """The share taken back, 0 to 1."""
        return self.rolled_back / self.rollouts

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share taken back. Source: Clopper and Pearson 1934."""
        taken, left = self.rolled_back, self.rollouts - self.rolled_back
        low = beta.ppf(0.025, taken, left + 1) if taken else 0.0
        return float(low), float(beta.ppf(0.975, taken + 1, left) if left else 1.0)


@dataclass(frozen=True)
class Result:
    """Every rule in one cell."""

    cell: Cell
    tallies: dict[str, Tally]


def measure(cell: Cell, rollouts: int) -> Result:
    """Play a cell and return what each rule made of it; raises TwinError where the shipped judge says otherwise."""
    traffic = play(cell, rollouts)
    for row in _sample(cell, rollouts):
        compare(traffic, row)
    decided = {name: _first(rule, traffic) for name, rule in RULES.items()}
    ours = _until(traffic.excess_errors, decided[SHIPPED])
    return Result(cell, {name: _tally(traffic, evaluations, ours) for name, evaluations in decided.items()})


def _sample(cell: Cell, rollouts: int) -> Counts:
    """Return the rollouts to hold against the shipped judge: COMPARED of them on average, chosen by chance."""
    rng = np.random.default_rng([SEED, zlib.crc32(f"{cell} sample".encode())])
    return np.flatnonzero(rng.random(rollouts) < COMPARED)


def _first(rule: Callable[[Traffic], Counts], traffic: Traffic) -> Counts:
    """Return the first look at which each rollout is taken back, from 0; MINUTES where none is."""
    flags = rule(traffic)
    return np.where(flags.any(axis=1), flags.argmax(axis=1), MINUTES)


def _until(counts: Rates, evaluations: Counts) -> Rates:
    sums = np.cumsum(counts, axis=1)
    return np.take_along_axis(sums, np.minimum(evaluations, MINUTES - 1)[:, None], axis=1)[:, 0]


def _tally(traffic: Traffic, evaluations: Counts, ours: Rates) -> Tally:
    begin = LATE if traffic.cell.scene is Scene.LATE else 0
    excess = _until(traffic.excess_errors, evaluations)
    decided = evaluations < MINUTES
    return Tally(
        rollouts=len(evaluations),
        early=int((evaluations < begin).sum()),
        caught=int((decided & (evaluations >= begin)).sum()),
        median_minutes=_median(np.where(decided, evaluations + 1.0 - begin, math.inf)),
        median_failed=_median(np.where(decided, _until(traffic.canary_errors, evaluations), math.inf)),
        excess=_mean(excess),
        shipped_more=_mean(ours - excess),
    )


def _median(values: Rates) -> float:
    """Return the lower median, so that a half of undecided rollouts does not spoil it."""
    return float(np.sort(values)[(len(values) - 1) // 2])


def _mean(values: Rates) -> Mean:
    return Mean(float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))))
