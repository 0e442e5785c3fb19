"""Judges a simulated rollout only when CloudWatch shows something new: most minutes of a quiet alias have no call."""

from bisect import bisect_left
from datetime import datetime

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase
from rollout.evidence.series import Minute
from rollout.judging.judge import judge
from rollout.judging.observation import Observation
from rollout.policy.policy import Policy
from rollout.state.judgement import Judgement

_Basis = tuple[Phase, datetime, int, int, tuple[tuple[Counts, Counts], ...]]


class JudgeOnChange:
    """The shipped judge for one simulated rollout; it repeats its last judgement while nothing has changed.

    Simulated counts only grow, so equal sums are equal minutes. The verdict, the evidence and everything else that
    decides are those of a new judgement; only the sentence states the minutes of the judgement that is repeated.
    """

    def __init__(self) -> None:
        self._basis: _Basis | None = None
        self._judgement: Judgement | None = None

    def __call__(self, observation: Observation, policy: Policy) -> Judgement:
        """Return the judgement of an observation, which follows the one of the last call."""
        basis = _basis(observation)
        if self._judgement is None or basis != self._basis:
            self._basis, self._judgement = basis, judge(observation, policy)
        return self._judgement


def _basis(observation: Observation) -> _Basis:
    """Return what a judgement rests on: the step, how many minutes are closed and settled, and the counts."""
    minutes = observation.calls.minutes
    closed, settled = (
        bisect_left(minutes, until, key=_start)
        for until in (observation.closed_until, observation.settled_until or observation.closed_until)
    )
    counts = tuple((series.canary, series.stable) for series in observation.series.values())
    return observation.phase, observation.step_since, closed, settled, counts


def _start(minute: Minute) -> datetime:
    return minute.start
