"""Carries a rollout over its own writes: into the next step, and into the bake."""

from datetime import datetime

from rollout.domain.durations import format_duration
from rollout.domain.enums import Phase
from rollout.judging.window import Timing
from rollout.lifecycle.beat.spread import seconds_to_evaluation
from rollout.state.rollout import Rollout, Shift


def next_step(rollout: Rollout) -> Rollout:
    """Return the rollout in its next step; `percent` is the share that the alias must give the canary."""
    return rollout.model_copy(update={"step": rollout.step + 1})


def begin_step(rollout: Rollout, revision_id: str, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout after the write of its step, with the seconds to the first evaluation."""
    step = rollout.current_step
    return rollout.model_copy(
        update={
            "revision_id": revision_id,
            "first_shift_at": rollout.first_shift_at or now,
            "step_started_at": now,
            "gate": None,
            "shifts": (*rollout.shifts, Shift(at=now, percent=step.percent)),
            "wait_seconds": seconds_to_evaluation(rollout, rollout.policy.interval, now, timing),
            "reason": f"step {rollout.step} of {len(rollout.policy.steps)}: version {rollout.canary_version} has"
            f" {step.percent:g} % for at least {format_duration(step.hold)}",
        }
    )


def begin_bake(rollout: Rollout, revision_id: str, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout after the promotion, with the seconds to the first evaluation: 0 without a bake."""
    bake = rollout.policy.bake
    return rollout.model_copy(
        update={
            "revision_id": revision_id,
            "phase": Phase.BAKE,
            "first_shift_at": rollout.first_shift_at or now,
            "step_started_at": now,
            "gate": None,
            "wait_seconds": seconds_to_evaluation(rollout, rollout.policy.interval, now, timing) if bake else 0,
            "reason": f"version {rollout.canary_version} is promoted; the bake lasts {format_duration(bake)}",
        }
    )
