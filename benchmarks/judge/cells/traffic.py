"""The simulated minutes of a rollout: the calls and errors of both versions.

Units: calls and errors are counts per minute, rates are fractions of calls, minutes count from the first shift.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.judge.cells.cell import Cell
from simulator.bursts import draws

CountArray = draws.CountArray
RateArray = draws.RateArray
FlagArray = NDArray[np.bool_]

SHARES = np.repeat([0.01, 0.05, 0.10, 0.25, 0.50], 6)
"""The canary's share in each minute: five steps of six minutes, with an evaluation per minute."""
MINUTES = len(SHARES)
HISTORY = 60
"""Minutes before the first shift, in which only stable serves."""
SEED = 20_260_101
LATE = 10
"""The minute in which a late regression starts."""


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
