"""Decides the move that a rollout would make by itself: by its judgement, its hold, and the time."""

from datetime import datetime, timedelta
from typing import assert_never

from rollout.domain.durations import format_duration
from rollout.domain.enums import Move, Phase, Verdict
from rollout.judging.window import EDGE
from rollout.lifecycle.orders import Orders, with_extensions
from rollout.policy.policy import OnInconclusive
from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout


def wanted_move(rollout: Rollout, judgement: Judgement, now: datetime, newer_version: str) -> tuple[Move, str]:
    """Return the move that the rollout would make; before traffic it goes on, because there is nothing to judge."""
    if rollout.is_before_traffic:
        return _forward_move(rollout), ""
    return _move_in_step(rollout, judgement, now, newer_version)


def _move_in_step(rollout: Rollout, judgement: Judgement, now: datetime, newer_version: str) -> tuple[Move, str]:
    held = now - (rollout.step_started_at or now) + EDGE
    if judgement.may_end_step:
        return _settled_move(rollout, judgement, "the step ends early because the policy sets advance_early")
    if held < timedelta(seconds=_hold_seconds(rollout)):
        return Move.WAIT, ""
    match judgement.verdict:
        case Verdict.HEALTHY:
            return _settled_move(rollout, judgement)
        case Verdict.INCONCLUSIVE:
            return _move_when_inconclusive(rollout, judgement, _held_by_itself(rollout, held, now), newer_version)
        case Verdict.UNHEALTHY:
            return Move.ROLL_BACK, ""
        case unknown:
            assert_never(unknown)


def _held_by_itself(rollout: Rollout, held: timedelta, now: datetime) -> timedelta:
    """Return how long a step has lasted without the time in which it had passed and waited for a release."""
    ready_at = rollout.release.ready_at if rollout.release else None
    return min(held, timedelta(seconds=_hold_seconds(rollout)) + (now - ready_at)) if ready_at else held


def is_hold_over(rollout: Rollout, orders: Orders, now: datetime) -> bool:
    """Whether the current step, or the bake, has lasted as long as the policy and the commands want at least."""
    held = now - (rollout.step_started_at or now) + EDGE
    return held >= timedelta(seconds=_hold_seconds(with_extensions(rollout, orders)))


def _hold_seconds(rollout: Rollout) -> int:
    return rollout.policy.bake if rollout.phase is Phase.BAKE else rollout.current_step.hold


def _forward_move(rollout: Rollout) -> Move:
    if rollout.phase is Phase.BAKE:
        return Move.FINISH
    return Move.PROMOTE if rollout.is_last_step else Move.SHIFT


def _settled_move(rollout: Rollout, judgement: Judgement, explanation: str = "") -> tuple[Move, str]:
    """Return the move of a healthy canary: promotion and the end of the bake wait for calls that cannot fail any more.

    A call that times out is counted only then. A step waits only for what usually takes long, because a timeout of 15
    minutes would make each step of a fast function so much longer.
    """
    move, needed = _forward_move(rollout), rollout.policy.min_invocations
    settled = judgement.settled_calls
    is_without_bake = rollout.phase is Phase.BAKE and not rollout.policy.bake
    if move is Move.SHIFT or settled is None or settled >= needed or is_without_bake:
        return move, explanation
    return Move.WAIT, (
        f"waits until {needed:,} calls of the canary are older than the timeout of"
        f" {format_duration(rollout.timeout_seconds)}, so that none of them can still fail: {settled:,} are"
    )


def _may_end_bake(rollout: Rollout, judgement: Judgement) -> bool:
    """Whether a bake that is over may end with too few calls, because it would after `max_extension` too.

    At 20 calls a day, a newer version, which may be a fix, would otherwise wait until the next day.
    """
    is_promoted_later = rollout.policy.on_inconclusive is OnInconclusive.PROMOTE and not judgement.is_above_ceiling
    return rollout.phase is Phase.BAKE and is_promoted_later


def _move_when_inconclusive(
    rollout: Rollout, judgement: Judgement, held: timedelta, newer_version: str
) -> tuple[Move, str]:
    policy = rollout.policy
    if rollout.phase is Phase.BAKE and policy.bake == 0:
        return Move.FINISH, "the policy has no bake"
    if newer_version and _may_end_bake(rollout, judgement):
        return Move.FINISH, f"the bake is not extended to collect more calls, because version {newer_version} waits"
    extension = format_duration(policy.max_extension)
    if held < timedelta(seconds=_hold_seconds(rollout) + policy.max_extension):
        return Move.WAIT, f"extended by at most {extension} to collect more calls"
    explanation = f"still inconclusive after max_extension {extension}, and on_inconclusive is {policy.on_inconclusive}"
    if judgement.is_above_ceiling and policy.on_inconclusive is OnInconclusive.PROMOTE:
        return Move.ROLL_BACK, f"{explanation}, which promotes with too few calls, but not a canary above a ceiling"
    return _move_after_max_extension(rollout), explanation


def _move_after_max_extension(rollout: Rollout) -> Move:
    match rollout.policy.on_inconclusive:
        case OnInconclusive.EXTEND:
            return Move.WAIT
        case OnInconclusive.PROMOTE:
            return _forward_move(rollout)
        case OnInconclusive.ROLL_BACK:
            return Move.ROLL_BACK
        case OnInconclusive.HAND_OVER:
            return Move.HAND_OVER
        case unknown:
            assert_never(unknown)
