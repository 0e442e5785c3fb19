"""So what? The next move after a look, from the rollout, the judgement and the time."""

from datetime import datetime, timedelta
from typing import assert_never

from rollout.domain.durations import format_duration
from rollout.domain.enums import Move, Phase, Verdict
from rollout.judging.window import EDGE, Timing, seconds_to_next_evaluation
from rollout.policy.policy import MAX_EVALUATIONS, METRIC_RETENTION_SECONDS, OnInconclusive
from rollout.state.endings import handed_over_by_policy, promoted
from rollout.state.judgement import Judgement
from rollout.state.rollout import Ending, Rollout

_LOOKED_AFTER = (Move.SHIFT, Move.WAIT, Move.PROMOTE)
"""The moves that need another look."""


def decide(rollout: Rollout, judgement: Judgement, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout with its next move, the sentence behind it, and the seconds to the look after."""
    move, why = _next_move(rollout, judgement, now)
    reason = f"{judgement.verdict}: {judgement.reason}" + (f"; {why}" if why else "")
    return rollout.model_copy(
        update={
            "evaluations": rollout.evaluations + 1,
            "judgement": judgement,
            "next_move": move,
            "reason": reason,
            "wait_seconds": seconds_to_next_evaluation(now, rollout.policy.interval, timing),
            "ending": _ending(move, reason, rollout),
        }
    )


def _next_move(rollout: Rollout, judgement: Judgement, now: datetime) -> tuple[Move, str]:
    move, why = _wanted_move(rollout, judgement, now)
    if move not in _LOOKED_AFTER:
        return move, why
    if rollout.evaluations + 1 >= MAX_EVALUATIONS:
        return Move.ROLL_BACK, f"{MAX_EVALUATIONS:,} looks are all an execution has room for"
    if rollout.first_shift_at and now - rollout.first_shift_at > timedelta(seconds=METRIC_RETENTION_SECONDS):
        return (
            Move.ROLL_BACK,
            f"the first shift is over {format_duration(METRIC_RETENTION_SECONDS)} ago, and older minutes are gone",
        )
    return move, why


def _wanted_move(rollout: Rollout, judgement: Judgement, now: datetime) -> tuple[Move, str]:
    held = now - (rollout.step_started_at or now) + EDGE
    if judgement.verdict is Verdict.UNHEALTHY:
        return Move.ROLL_BACK, ""
    if judgement.may_end_step:
        return _onward(rollout), "the step ends early, as the policy lets it"
    if held < timedelta(seconds=_hold(rollout)):
        return Move.WAIT, ""
    match judgement.verdict:
        case Verdict.HEALTHY:
            return _onward(rollout), ""
        case Verdict.INCONCLUSIVE:
            return _when_thin(rollout, held)
        case unknown:
            assert_never(unknown)


def _hold(rollout: Rollout) -> int:
    return rollout.policy.bake if rollout.phase is Phase.BAKE else rollout.current_step.hold


def _onward(rollout: Rollout) -> Move:
    if rollout.phase is Phase.BAKE:
        return Move.FINISH
    return Move.PROMOTE if rollout.is_last_step else Move.SHIFT


def _when_thin(rollout: Rollout, held: timedelta) -> tuple[Move, str]:
    policy = rollout.policy
    if rollout.phase is Phase.BAKE and policy.bake == 0:
        return Move.FINISH, "the policy asks for no bake"
    extension = format_duration(policy.max_extension)
    if held < timedelta(seconds=_hold(rollout) + policy.max_extension):
        return Move.WAIT, f"held on for more calls, at most {extension} longer than planned"
    why = f"still so after max_extension {extension}, and on_inconclusive is {policy.on_inconclusive}"
    return _when_still_thin(rollout), why


def _when_still_thin(rollout: Rollout) -> Move:
    match rollout.policy.on_inconclusive:
        case OnInconclusive.EXTEND:
            return Move.WAIT
        case OnInconclusive.PROMOTE:
            return _onward(rollout)
        case OnInconclusive.ROLL_BACK:
            return Move.ROLL_BACK
        case OnInconclusive.HAND_OVER:
            return Move.HAND_OVER
        case unknown:
            assert_never(unknown)


def _ending(move: Move, reason: str, rollout: Rollout) -> Ending | None:
    if move is Move.FINISH:
        return promoted(rollout, reason)
    return handed_over_by_policy(rollout, reason) if move is Move.HAND_OVER else None
