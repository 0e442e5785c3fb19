"""Walks a policy through the shipped core, look by look, as the state machine would."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from rollout.domain.enums import Move
from rollout.domain.identity import Execution, Target
from rollout.evidence.series import Measured
from rollout.judging.judge import judge
from rollout.judging.observation import observe
from rollout.judging.window import Timing, Window, evaluation_window
from rollout.lifecycle.decide import decide
from rollout.lifecycle.transitions import begin_bake, begin_step, next_step
from rollout.policy.policy import Policy
from rollout.state.rollout import Rollout

ON_AWS = Timing(period_seconds=60, lag_seconds=120)

TASK = timedelta(seconds=1)
"""What a task takes to be started and to read: looks land this much after a period's edge."""


class Cloud(Protocol):
    """Where the calls come from, and what CloudWatch shows of them."""

    def shift(self, percent: float, at: datetime) -> None:
        """Give the canary this share from a moment on."""

    def measure(self, rollout: Rollout, window: Window, now: datetime) -> Measured:
        """Return what VersionMetrics would have read at that moment."""


@dataclass(frozen=True)
class Moment:
    """A look: when it was, and the rollout with the move that was decided on."""

    at: datetime
    rollout: Rollout

    @property
    def move(self) -> Move:
        """The move decided on."""
        if self.rollout.next_move is None:
            raise ValueError("no look has been taken yet")
        return self.rollout.next_move


def begun(policy: Policy, started_at: datetime) -> Rollout:
    """Return a rollout of version 2 over version 1, before its first shift."""
    return Rollout(
        execution=Execution(arn="arn:aws:states:simulated", name="simulated", started_at=started_at),
        target=Target(account="simulated", region="simulated", function="simulated", alias="live"),
        stable_version="1",
        canary_version="2",
        policy=policy,
        revision_id="",
    )


def walk(policy: Policy, cloud: Cloud, start: datetime, timing: Timing = ON_AWS) -> Iterator[Moment]:
    """Yield every look of a rollout whose first shift is at `start`; the last one's move ends it."""
    now, rollout = start, _shifted(begun(policy, start), cloud, start, timing)
    while True:
        now += timedelta(seconds=rollout.wait_seconds) + TASK
        rollout = _looked(rollout, cloud, now, timing)
        yield Moment(now, rollout)
        match rollout.next_move:
            case Move.SHIFT:
                rollout = _shifted(rollout, cloud, now, timing)
            case Move.PROMOTE:
                rollout = begin_bake(rollout, "", now, timing)
                cloud.shift(rollout.percent, now)
            case Move.FINISH | Move.ROLL_BACK | Move.HAND_OVER:
                return
            case Move.WAIT | None:
                pass


def _shifted(rollout: Rollout, cloud: Cloud, now: datetime, timing: Timing) -> Rollout:
    ahead = next_step(rollout)
    cloud.shift(ahead.percent, now)
    return begin_step(ahead, "", now, timing)


def _looked(rollout: Rollout, cloud: Cloud, now: datetime, timing: Timing) -> Rollout:
    window = evaluation_window(rollout.shared_since, rollout.judged_since, now, timing)
    seen = observe(rollout, cloud.measure(rollout, window, now), window, timing)
    return decide(rollout, judge(seen, rollout.policy), now, timing)
