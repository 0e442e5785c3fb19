"""Decides what a rollout does at the gate of a step: it waits for a person, and goes on, or ends without them."""

import math
from datetime import datetime
from typing import NamedTuple

from rollout.domain.durations import format_duration
from rollout.domain.enums import Move, Phase, WithoutAnswer
from rollout.domain.text import format_minute
from rollout.judging.window import EDGE, Timing
from rollout.lifecycle.orders import Orders, interval_under
from rollout.policy.gates import Approval
from rollout.policy.planned import stretched_interval
from rollout.state.gate import ReachedGate
from rollout.state.lock import Lock
from rollout.state.rollout import Rollout

CONSEQUENCES = {
    WithoutAnswer.ROLL_BACK: "it is rolled back",
    WithoutAnswer.PROMOTE: "it goes on",
    WithoutAnswer.HAND_OVER: "it is handed over",
}
"""What happens to a rollout that is not approved in time, as a sentence part."""


class GateDecision(NamedTuple):
    """The next move with the explanation of it, and the gate that the rollout has reached; None for none."""

    move: Move
    explanation: str
    gate: ReachedGate | None


def with_gate_of(rollout: Rollout, lock: Lock | None) -> Rollout:
    """Return the rollout with the gate that its lock has for the current step, which a repeated task keeps (P4)."""
    gate = lock.gate if lock else None
    if gate is None or gate.step != rollout.step or rollout.phase is Phase.BAKE:
        return rollout
    if rollout.gate and rollout.gate.number == gate.number:
        return rollout
    return rollout.model_copy(update={"gate": gate})


def decide_at_gate(rollout: Rollout, wanted: Move, explanation: str, orders: Orders, now: datetime) -> GateDecision:
    """Return what a rollout does that would make the wanted move, if its canary is not unhealthy.

    A gate that is reached keeps the rollout waiting, also with too few calls, until it is passed or times out.
    """
    gate = rollout.gate or _reached(rollout, wanted, now)
    if gate is None or orders.pass_of(gate.step):
        return GateDecision(wanted, explanation, rollout.gate)
    deadline = gate.deadline(orders.gate_extension_of(rollout))
    if gate.approval is None or deadline is None:
        return GateDecision(
            Move.WAIT, f"paused by the policy since {format_minute(gate.since)} until the command resume", gate
        )
    # The evaluation that reaches the gate requests the approval, however short its timeout is.
    if rollout.gate is None or not (gate.timed_out or now >= deadline - EDGE):
        return GateDecision(Move.WAIT, _format_waiting(gate, gate.approval, deadline), gate)
    waited = format_duration((deadline - gate.since).total_seconds())
    late = f"it was not approved within {waited}, and on_timeout is {gate.approval.on_timeout}"
    explanation = f"{explanation}; {late}" if explanation else late
    return _decide_without_approval(gate, gate.approval, wanted, explanation)


def seconds_between_evaluations(decided: Rollout, orders: Orders, now: datetime, timing: Timing) -> int:
    """Return the interval after a decision: longer while a person thinks, but not beyond the end of an approval."""
    interval, gate = decided.policy.interval, decided.gate
    held_since = orders.held_since or decided.held_since
    if held_since or gate is None or gate.timed_out or orders.pass_of(gate.step):
        return interval_under(held_since, interval, now)
    stretched = stretched_interval(interval, (now - gate.since).total_seconds())
    deadline = gate.deadline(orders.gate_extension_of(decided))
    if deadline is None:
        return stretched
    return min(stretched, max(interval, math.ceil((deadline - timing.floor(now)).total_seconds())))


def has_ended_at_gate(decided: Rollout) -> bool:
    """Whether a rollout rolls back only because it was not approved in time."""
    gate = decided.gate
    if gate is None or gate.approval is None or decided.next_move is not Move.ROLL_BACK:
        return False
    return gate.timed_out and gate.approval.on_timeout is WithoutAnswer.ROLL_BACK


def _reached(rollout: Rollout, wanted: Move, now: datetime) -> ReachedGate | None:
    if not wanted.gives_more_traffic or not rollout.step or rollout.current_step.gate is None:
        return None
    gate = rollout.current_step.gate
    return ReachedGate(step=rollout.step, since=now, approval=gate if isinstance(gate, Approval) else None)


def _format_waiting(gate: ReachedGate, approval: Approval, deadline: datetime) -> str:
    return (
        f"waits for the command approve since {format_minute(gate.since)}; without it until {format_minute(deadline)},"
        f" {CONSEQUENCES[approval.on_timeout]}"
    )


def _decide_without_approval(gate: ReachedGate, approval: Approval, wanted: Move, explanation: str) -> GateDecision:
    moves = {
        WithoutAnswer.ROLL_BACK: Move.ROLL_BACK,
        WithoutAnswer.PROMOTE: wanted,
        WithoutAnswer.HAND_OVER: Move.HAND_OVER,
    }
    return GateDecision(moves[approval.on_timeout], explanation, gate.model_copy(update={"timed_out": True}))
