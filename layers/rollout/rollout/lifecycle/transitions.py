"""Carries a rollout over its own writes: into the next step, and into the bake."""

from datetime import datetime

from rollout.domain.durations import format_duration
from rollout.domain.enums import Phase
from rollout.judging.window import Timing, seconds_to_next_evaluation
from rollout.state.rollout import Rollout


def next_step(rollout: Rollout) -> Rollout:
    """Return the rollout one step further; its `percent` is what the alias has to give the canary now."""
    return rollout.model_copy(update={"step": rollout.step + 1})


def begin_step(rollout: Rollout, revision_id: str, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout with the alias written, and the first look of the step ahead."""
    step = rollout.current_step
    return rollout.model_copy(
        update={
            "revision_id": revision_id,
            "first_shift_at": rollout.first_shift_at or now,
            "step_started_at": now,
            "wait_seconds": seconds_to_next_evaluation(now, rollout.policy.interval, timing),
            "reason": f"step {rollout.step} of {len(rollout.policy.steps)}: version {rollout.canary_version} has"
            f" {step.percent:g} % for at least {format_duration(step.hold)}",
        }
    )


def begin_bake(rollout: Rollout, revision_id: str, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout with the canary promoted, and the first look of the bake ahead; at once if there is none."""
    bake = rollout.policy.bake
    return rollout.model_copy(
        update={
            "revision_id": revision_id,
            "phase": Phase.BAKE,
            "first_shift_at": rollout.first_shift_at or now,
            "step_started_at": now,
            "wait_seconds": seconds_to_next_evaluation(now, rollout.policy.interval, timing) if bake else 0,
            "reason": f"version {rollout.canary_version} promoted; watched for {format_duration(bake)} more",
        }
    )
