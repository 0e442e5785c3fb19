"""The plans of long rollouts, and the cells in which they are simulated."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.judge.cells.cell import Cell, Shared, World
from benchmarks.judge.cells.matrix import BURSTS, WORLD_RATES
from benchmarks.judge.cells.traffic import RateArray
from rollout.policy.policy import Policy
from simulator.bursts.shape import Correlation

PERCENTS = (1, 5, 10, 25, 50)
CALLS = 6_000
WORLDS: tuple[World, ...] = (Correlation(0.002), Correlation(0.01), *Shared, *BURSTS)


@dataclass(frozen=True)
class Plan:
    """Five steps of equal length, the minutes between two evaluations, and the rollouts simulated in a cell."""

    name: str
    step_minutes: int
    every: int
    rollouts: int

    @property
    def minutes(self) -> int:
        """The length of a rollout."""
        return len(PERCENTS) * self.step_minutes

    @property
    def shares(self) -> RateArray:
        """The canary's share in each minute."""
        return np.repeat(np.array(PERCENTS) / 100, self.step_minutes)

    @property
    def policy(self) -> Policy:
        """The policy that has these steps."""
        hold = f"{self.step_minutes}m"
        return Policy.model_validate({"steps": [{"percent": percent, "hold": hold} for percent in PERCENTS]})


PLANS = (Plan("3 hours", 36, 6, 100), Plan("a day", 288, 30, 40))


def cells() -> list[Cell]:
    """Return the cells, all of them with healthy canaries."""
    return [Cell(CALLS, rate, 1, world) for world, rate in product(WORLDS, WORLD_RATES)]
