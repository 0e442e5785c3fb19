"""Decides the next move after an evaluation, from the rollout, the judgement and the time."""

from datetime import datetime, timedelta
from typing import assert_never

from rollout.domain.durations import format_duration
from rollout.domain.enums import Move, Phase, Verdict
from rollout.domain.text import shorten
from rollout.judging.window import EDGE, Timing, seconds_to_next_evaluation
from rollout.lifecycle.gates import GateDecision, decide_at_gate, seconds_between_evaluations
from rollout.lifecycle.held import held_move, held_since, seconds_under
from rollout.lifecycle.orders import Orders, with_extensions
from rollout.policy.planned import MAX_EVALUATIONS, METRIC_RETENTION_SECONDS
from rollout.policy.policy import OnInconclusive
from rollout.state.ending import Ending
from rollout.state.endings import handed_over_by_policy, promoted
from rollout.state.hold import Hold
from rollout.state.judgement import Judgement
from rollout.state.rollout import Rollout

_NO_ORDERS = Orders.model_construct()


def decide(  # noqa: PLR0913 - the last two are what others want of the rollout
    rollout: Rollout,
    judgement: Judgement,
    now: datetime,
    timing: Timing,
    *,
    newer_version: str = "",
    orders: Orders = _NO_ORDERS,
    hold: Hold | None = None,
) -> Rollout:
    """Return the rollout with its next move, the reason for it, and the seconds to the next evaluation.

    `newer_version` has asked for the alias, if any; `hold` says why the canary may get no more traffic; None if it may.
    """
    judgement = _with_whole_step(judgement, rollout, orders)
    wanted, explanation, gate = _next_move(with_extensions(rollout, orders), judgement, now, newer_version, orders)
    move, explanation = held_move(wanted, explanation, orders, hold)
    reason = _format_reason(orders.format(rollout), f"{judgement.verdict}: {judgement.reason}", explanation)
    decided = rollout.model_copy(
        update={
            "evaluations": rollout.evaluations + 1,
            "judgement": judgement,
            "next_move": move,
            "reason": reason,
            "gate": gate,
            "held_since": held_since(rollout.held_since, now, hold, is_held=move is not wanted),
            "ending": _ending(move, reason, rollout),
        }
    )
    return _with_wait(decided, orders, hold, now, timing)


def _with_whole_step(judgement: Judgement, rollout: Rollout, orders: Orders) -> Judgement:
    """Return the judgement of a step that does not end early where a command has made it longer."""
    return judgement.model_copy(update={"may_end_step": False}) if orders.extension_of(rollout) else judgement


def _with_wait(decided: Rollout, orders: Orders, hold: Hold | None, now: datetime, timing: Timing) -> Rollout:
    interval = seconds_under(hold, seconds_between_evaluations(decided, orders, now, timing), now)
    return decided.model_copy(update={"wait_seconds": seconds_to_next_evaluation(now, interval, timing)})


def _format_reason(*parts: str) -> str:
    return shorten("; ".join(filter(None, parts)))


def _next_move(
    rollout: Rollout, judgement: Judgement, now: datetime, newer_version: str, orders: Orders
) -> GateDecision:
    commanded = _commanded_move(rollout, judgement, orders)
    if commanded:
        decision = GateDecision(commanded, "", rollout.gate)
    else:
        move, explanation = _wanted_move(rollout, judgement, now, newer_version)
        decision = decide_at_gate(rollout, move, explanation, orders, now)
    if not decision.move.is_last and (reached := _reached_limit(rollout, now)):
        return GateDecision(Move.HAND_OVER if orders.is_frozen else Move.ROLL_BACK, reached, rollout.gate)
    return decision


def _commanded_move(rollout: Rollout, judgement: Judgement, orders: Orders) -> Move | None:
    """Return the move that a command orders; None where the rollout decides itself.

    Only a freeze keeps an unhealthy canary: a pause and a promotion are orders about a version that is not proved bad.
    """
    if orders.aborted:
        return Move.ROLL_BACK
    if orders.frozen:
        return Move.WAIT
    if judgement.verdict is Verdict.UNHEALTHY:
        return Move.ROLL_BACK
    if orders.promoted and rollout.phase is Phase.SHIFTING:
        return Move.PROMOTE
    return Move.WAIT if orders.paused else None


def _reached_limit(rollout: Rollout, now: datetime) -> str:
    """Return a sentence part on the limit that lets the rollout not go on; empty where there is none."""
    if rollout.evaluations + 1 >= MAX_EVALUATIONS:
        return f"the limit of {MAX_EVALUATIONS:,} evaluations per execution is reached"
    if rollout.first_shift_at and now - rollout.first_shift_at > timedelta(seconds=METRIC_RETENTION_SECONDS):
        retention = format_duration(METRIC_RETENTION_SECONDS)
        return f"the first shift is more than {retention} ago, and CloudWatch keeps a metric's minutes for {retention}"
    return ""


def _wanted_move(rollout: Rollout, judgement: Judgement, now: datetime, newer_version: str) -> tuple[Move, str]:
    held = now - (rollout.step_started_at or now) + EDGE
    if judgement.may_end_step:
        return _settled_move(rollout, judgement, "the step ends early because the policy sets advance_early")
    if held < timedelta(seconds=_hold_seconds(rollout)):
        return Move.WAIT, ""
    match judgement.verdict:
        case Verdict.HEALTHY:
            return _settled_move(rollout, judgement)
        case Verdict.INCONCLUSIVE:
            return _move_when_inconclusive(rollout, judgement, held, newer_version)
        case Verdict.UNHEALTHY:
            return Move.ROLL_BACK, ""
        case unknown:
            assert_never(unknown)


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


def _ending(move: Move, reason: str, rollout: Rollout) -> Ending | None:
    if move is Move.FINISH:
        return promoted(rollout, reason)
    return handed_over_by_policy(rollout, reason) if move is Move.HAND_OVER else None
