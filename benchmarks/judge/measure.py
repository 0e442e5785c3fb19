"""Measures each rule in a cell: how often it rolls the canary back, how soon, and after how many failures."""

import math
import zlib
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from benchmarks.judge.cells.cell import Cell, Scene
from benchmarks.judge.cells.play import play
from benchmarks.judge.cells.traffic import LATE, MINUTES, SEED, CountArray, RateArray, Traffic
from benchmarks.judge.rules.oracle import all_knowing, wald
from benchmarks.judge.rules.peers import PEERS, Rule
from benchmarks.judge.rules.shipped import by_evidence, compare, shipped

SHIPPED = "Lambda Rollouts"
EVIDENCE = "evidence only"
"""The shipped judge without the ceiling of its guards: shows which of the two rolls a canary back."""
ORACLE = "oracle"
ALL_KNOWING = "all-knowing"
RULES: dict[str, Rule] = {SHIPPED: shipped, EVIDENCE: by_evidence, **PEERS, ORACLE: wald, ALL_KNOWING: all_knowing}
SLOW_RULES: dict[str, Rule] = {SHIPPED: by_evidence, EVIDENCE: by_evidence}
"""The rules that judge slow calls; the ceiling of the policy's guards is on errors."""
NORMAL_95 = 1.96
COMPARED = 0.001
"""The share of rollouts that the shipped code judges too."""


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
    """The results of one rule in one cell."""

    rollouts: int
    early: int
    """Rolled back before a late regression started; 0 in other scenes."""
    caught: int
    """Rolled back otherwise: rightly if the canary is worse, falsely if it is healthy."""
    median_minutes: float
    """From the first shift, or the start of a late regression, to the rollback; infinite if half never are."""
    median_failed: float
    """Failed canary calls until the rollback; infinite if half are never rolled back."""
    excess: Mean
    """Canary failures beyond stable's rate, until the rollback or the end."""
    shipped_more: Mean
    """The excess failures of the shipped judge minus those of this rule, rollout by rollout."""

    @property
    def rolled_back(self) -> int:
        """Rolled back at any time."""
        return self.early + self.caught

    @property
    def share(self) -> float:
        """The share of rollouts rolled back, 0 to 1."""
        return self.rolled_back / self.rollouts

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share rolled back. Source: Clopper and Pearson 1934."""
        rolled_back, left = self.rolled_back, self.rollouts - self.rolled_back
        low = beta.ppf(0.025, rolled_back, left + 1) if rolled_back else 0.0
        return float(low), float(beta.ppf(0.975, rolled_back + 1, left) if left else 1.0)


@dataclass(frozen=True)
class Result:
    """The results of every rule in one cell."""

    cell: Cell
    tallies: dict[str, Tally]


def measure(cell: Cell, rollouts: int) -> Result:
    """Simulate a cell and return the results of each rule; raises TwinError if the shipped code disagrees."""
    traffic = play(cell, rollouts)
    for row in _sample(cell, rollouts):
        compare(traffic, row)
    rules = SLOW_RULES if cell.scene is Scene.SLOW else RULES
    rollbacks = {name: _first_rollback(rule, traffic) for name, rule in rules.items()}
    shipped_excess = _sum_until(traffic.excess_errors, rollbacks[SHIPPED])
    return Result(cell, {name: _tally(traffic, first, shipped_excess) for name, first in rollbacks.items()})


def _sample(cell: Cell, rollouts: int) -> CountArray:
    """Return the rollouts to compare with the shipped code: a random share of COMPARED."""
    rng = np.random.default_rng([SEED, zlib.crc32(f"{cell} sample".encode())])
    return np.flatnonzero(rng.random(rollouts) < COMPARED)


def _first_rollback(rule: Rule, traffic: Traffic) -> CountArray:
    """Return the minute of each rollout's rollback, from 0; MINUTES if there is none."""
    flags = rule(traffic)
    return np.where(flags.any(axis=1), flags.argmax(axis=1), MINUTES)


def _sum_until(counts: RateArray | CountArray, minutes: CountArray) -> RateArray:
    sums: RateArray = np.cumsum(counts, axis=1, dtype=np.float64)
    return np.take_along_axis(sums, np.minimum(minutes, MINUTES - 1)[:, None], axis=1)[:, 0]


def _tally(traffic: Traffic, rollbacks: CountArray, shipped_excess: RateArray) -> Tally:
    begin = LATE if traffic.cell.scene is Scene.LATE else 0
    excess = _sum_until(traffic.excess_errors, rollbacks)
    is_rolled_back = rollbacks < MINUTES
    return Tally(
        rollouts=len(rollbacks),
        early=int((rollbacks < begin).sum()),
        caught=int((is_rolled_back & (rollbacks >= begin)).sum()),
        median_minutes=_median(np.where(is_rolled_back, rollbacks + 1.0 - begin, math.inf)),
        median_failed=_median(np.where(is_rolled_back, _sum_until(traffic.canary_errors, rollbacks), math.inf)),
        excess=_mean(excess),
        shipped_more=_mean(shipped_excess - excess),
    )


def _median(values: RateArray) -> float:
    """Return the lower median, which is finite if exactly half of the values are infinite."""
    return float(np.sort(values)[(len(values) - 1) // 2])


def _mean(values: RateArray) -> Mean:
    return Mean(float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))))
