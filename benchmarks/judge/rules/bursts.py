"""rollout.evidence.spread and rollout.evidence.runs, vectorised: rollouts by minutes."""

from typing import NamedTuple

import numpy as np

from benchmarks.judge.cells.traffic import CountArray, RateArray
from benchmarks.judge.rules.learning import Learned
from rollout.evidence.spread import Bursts

SMALLEST_SIZE = 1e-3


class Spread(NamedTuple):
    """The spread of a version's errors in each minute."""

    size: RateArray
    portion: RateArray

    def at(self, minute: int) -> "Spread":
        """Return the spread in one minute."""
        return Spread(self.size[:, minute], self.portion[:, minute])


def spread_of(calls: CountArray, learned: Learned, bursts: Bursts) -> Spread:
    """Return rollout.evidence.spread.spread_of of each minute."""
    theta, usual = learned.theta[:, None], learned.calls[:, None]
    whole = theta * (np.maximum(calls, usual) if bursts is Bursts.WHOLE else calls)
    size = np.maximum(np.minimum(whole, calls - 1), SMALLEST_SIZE)
    return Spread(np.where(calls > 0, size, 0), np.where(calls > 0, theta * calls / size, 1))


def sum_of_runs(gains: RateArray, runs: CountArray) -> RateArray:
    """Return rollout.evidence.runs.log_sum_of_runs up to each minute; `runs` are the minutes of a run in each row."""
    total, counted = np.zeros(gains.shape), np.zeros(len(gains))
    left, strongest = np.zeros(len(gains), dtype=np.int64), np.zeros(len(gains))
    for minute, gain in enumerate(gains.T):
        starts = (gain > 0) & (left <= 0)
        left = np.where(starts, runs, left)
        strongest = np.where(starts, 0, strongest)
        in_run = np.where(gain > 0, np.maximum(gain - strongest, 0), gain)
        strongest = np.maximum(strongest, gain)
        counted = counted + np.where(runs > 0, in_run, gain)
        left = left - 1
        total[:, minute] = counted
    return total
