"""Decides the next move after an evaluation, from the rollout, the judgement and the time."""

from datetime import datetime, timedelta

from rollout.domain.durations import format_duration
from rollout.domain.enums import Move, Phase, Verdict
from rollout.domain.text import shorten
from rollout.judging.window import Timing
from rollout.lifecycle.beat.spread import seconds_to_evaluation
from rollout.lifecycle.gates import GateDecision, decide_at_gate, seconds_between_evaluations
from rollout.lifecycle.held import held_move, held_since, seconds_under
from rollout.lifecycle.orders import Orders, with_extensions
from rollout.lifecycle.wanted_move import wanted_move
from rollout.policy.planned import MAX_EVALUATIONS, METRIC_RETENTION_SECONDS
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
    return decided.model_copy(update={"wait_seconds": seconds_to_evaluation(decided, interval, now, timing)})


def _format_reason(*parts: str) -> str:
    return shorten("; ".join(filter(None, parts)))


def _next_move(
    rollout: Rollout, judgement: Judgement, now: datetime, newer_version: str, orders: Orders
) -> GateDecision:
    commanded = _commanded_move(rollout, judgement, orders)
    if commanded:
        decision = GateDecision(commanded, "", rollout.gate)
    else:
        move, explanation = wanted_move(rollout, judgement, now, newer_version)
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
    if rollout.evaluations + rollout.hook_evaluations + 1 >= MAX_EVALUATIONS:
        return f"the limit of {MAX_EVALUATIONS:,} evaluations per execution is reached"
    if rollout.first_shift_at and now - rollout.first_shift_at > timedelta(seconds=METRIC_RETENTION_SECONDS):
        retention = format_duration(METRIC_RETENTION_SECONDS)
        return f"the first shift is more than {retention} ago, and CloudWatch keeps a metric's minutes for {retention}"
    return ""


def _ending(move: Move, reason: str, rollout: Rollout) -> Ending | None:
    if move is Move.FINISH:
        return promoted(rollout, reason)
    return handed_over_by_policy(rollout, reason) if move is Move.HAND_OVER else None
