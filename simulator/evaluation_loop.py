"""Runs a policy through the shipped code, evaluation by evaluation, as the state machine does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from rollout.domain.enums import Move
from rollout.domain.identity import Execution, Target
from rollout.evidence.series import Measured
from rollout.judging.calibration import with_calibration
from rollout.judging.judge import judge
from rollout.judging.observation import Observation, observe
from rollout.judging.window import Timing, Window, evaluation_window
from rollout.lifecycle.decide import decide
from rollout.lifecycle.transitions import begin_bake, begin_step, next_step
from rollout.policy.policy import Policy
from rollout.state.calibration import Calibration
from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout

ON_AWS = Timing(period_seconds=60, lag_seconds=120)

TASK_DURATION = timedelta(seconds=1)
"""The time that a task takes to start and to read: an evaluation happens this long after a period's end."""


Judge = Callable[[Observation, Policy], Judgement]


class TrafficSource(Protocol):
    """The calls of both versions, and the part of them that CloudWatch shows."""

    def shift(self, percent: float, at: datetime) -> None:
        """Give the canary this share from a moment on."""

    def measure(self, rollout: Rollout, window: Window, now: datetime) -> Measured:
        """Return what the shipped code would read from CloudWatch at that moment."""


@dataclass(frozen=True)
class Evaluation:
    """The time of an evaluation, and the rollout with the move that it led to."""

    at: datetime
    rollout: Rollout

    @property
    def move(self) -> Move:
        """The next move; raises ValueError before the first evaluation."""
        if self.rollout.next_move is None:
            raise ValueError("the rollout has no evaluation yet")
        return self.rollout.next_move


def new_rollout(policy: Policy, started_at: datetime) -> Rollout:
    """Return a rollout of version 2 over version 1, before its first shift."""
    return Rollout(
        execution=Execution(arn="arn:aws:states:simulated", name="simulated", started_at=started_at),
        target=Target(account="simulated", region="simulated", function="simulated", alias="live"),
        stable_version="1",
        canary_version="2",
        policy=policy,
        revision_id="",
    )


def run_evaluations(  # noqa: PLR0913 - the last two replace a part of the shipped judge
    policy: Policy,
    source: TrafficSource,
    start: datetime,
    timing: Timing = ON_AWS,
    *,
    judging: Judge = judge,
    calibration: Calibration | None = None,
) -> Iterator[Evaluation]:
    """Yield each evaluation of a rollout whose first shift is at `start`; the last evaluation ends the rollout.

    A policy without steps promotes at `start`. Each approval is given, each pause resumed, and each hook healthy, at
    once. `judging` is
    the shipped judge, or one that returns the same verdicts. The first evaluation calibrates the evidence limit, unless
    there is a `calibration`.
    """
    begin = _promote if policy.is_all_at_once else _shift
    begun = new_rollout(policy.without_gates.without_hooks, start).model_copy(update={"calibration": calibration})
    now, rollout = start, begin(begun, source, start, timing)
    while True:
        now += timedelta(seconds=rollout.wait_seconds) + TASK_DURATION
        rollout = _evaluate(rollout, source, now, timing, judging)
        yield Evaluation(now, rollout)
        match rollout.next_move:
            case Move.SHIFT:
                rollout = _shift(rollout, source, now, timing)
            case Move.PROMOTE:
                rollout = _promote(rollout, source, now, timing)
            case Move.FINISH | Move.ROLL_BACK | Move.HAND_OVER:
                return
            case Move.WAIT | None:
                pass


def _shift(rollout: Rollout, source: TrafficSource, now: datetime, timing: Timing) -> Rollout:
    advanced = next_step(rollout)
    source.shift(advanced.percent, now)
    return begin_step(advanced, "", now, timing)


def _promote(rollout: Rollout, source: TrafficSource, now: datetime, timing: Timing) -> Rollout:
    promoted = begin_bake(rollout, "", now, timing)
    source.shift(promoted.percent, now)
    return promoted


def _evaluate(rollout: Rollout, source: TrafficSource, now: datetime, timing: Timing, judging: Judge) -> Rollout:
    window = evaluation_window(rollout.shared_since, rollout.judged_since, now, timing)  # simulated calls are short
    measured = source.measure(rollout, window, now)
    rollout = with_calibration(rollout, measured, timing)
    observation = observe(rollout, measured, window, timing)
    return decide(rollout, judging(observation, rollout.policy), now, timing)
