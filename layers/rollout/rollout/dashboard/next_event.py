"""What a live rollout does next, and when: as a viewer asks who has never seen it."""

from datetime import datetime, timedelta

from rollout.dashboard.mark import Mark
from rollout.domain.enums import Phase, Verdict
from rollout.domain.models import Value
from rollout.lifecycle.command_rules import Situation
from rollout.lifecycle.gates import CONSEQUENCES
from rollout.lifecycle.orders import orders_on
from rollout.policy.policy import Policy
from rollout.policy.steps import Step
from rollout.state.dashboard.status import Status
from rollout.state.lock import Lock


class NextEvent(Value):
    """What happens next."""

    text: str
    """A sentence part such as `version 4 gets 50 %, if it stays healthy`."""
    at: datetime | None = None
    """When, at the earliest; None where that is not known."""


_AT_ONCE: dict[Situation, str] = {
    Situation.PROMOTING: "the next evaluation promotes version {canary}, if it is not unhealthy",
    Situation.SUPERSEDED: "the next evaluation rolls back to version {stable}, for version {newer}",
    Situation.ABORTED: "it rolls back to version {stable} now",
    Situation.ROLLING_BACK: "it rolls back to version {stable} now",
    Situation.REPAIRED: "the guardian repairs the alias now",
    Situation.ENDING: "the last evaluation has decided how it ends",
    Situation.ENDED: "it has just ended",
    Situation.FROZEN: "it keeps this share, whatever the evaluations find, until the command release or abort",
    Situation.PAUSED: "it keeps this share until the command resume, and rolls back if unhealthy",
    Situation.PAUSE_STEP: "it keeps this share until the command resume, and rolls back if unhealthy",
    Situation.PAUSED_BAKE: "the bake goes on until the command resume, and rolls back if unhealthy",
}
"""What follows from the situation only."""


def next_event(situation: Situation, lock: Lock | None, policy: Policy | None, status: Status | None) -> NextEvent:
    """Return what a live rollout does next."""
    if lock and situation in _AT_ONCE:
        text = _AT_ONCE[situation].format(
            canary=lock.canary_version, stable=lock.stable_version, newer=lock.superseded_by
        )
        return NextEvent(text=text)
    if lock and situation is Situation.AWAITING_APPROVAL:
        return _approval(lock)
    if lock is None or policy is None:
        return NextEvent(text="not known: the ledger has no readable policy or lock of it")
    return _planned(lock, policy, status)


def _approval(lock: Lock) -> NextEvent:
    gate = lock.open_gate
    if gate is None or gate.approval is None:
        return NextEvent(text="it waits for the command approve")
    number = lock.write_number
    extensions = [one.seconds for one in orders_on(lock).extensions if one.at_gate and one.write_number == number]
    consequence = CONSEQUENCES[gate.approval.on_timeout]
    return NextEvent(text=f"without the command approve {consequence}", at=gate.deadline(sum(extensions)))


def _planned(lock: Lock, policy: Policy, status: Status | None) -> NextEvent:
    """Return what the policy plans after the current step, or after the bake."""
    canary = lock.canary_version
    if status and status.waits_for:
        return NextEvent(text=f"it waits for {status.waits_for}, and rolls back with them")
    if lock.planned_write is None and not lock.promoting:
        first = policy.steps[0].percent if policy.steps else 100
        before = "after the hooks before traffic, " if policy.hooks.before_traffic else ""
        return NextEvent(text=f"{before}version {canary} gets {first:g} %")
    if status is None or status.step_started_at is None:
        return NextEvent(text="the first evaluation")
    if status.held_since:
        return NextEvent(text="it keeps this share, because the stack is frozen or the policy's windows are closed")
    if _is_ahead(lock, status):
        return NextEvent(text="the first evaluation at this share")
    return _after_current(lock, policy, status)


def _is_ahead(lock: Lock, status: Status) -> bool:
    """Whether the canary has got another share, or all of it, since the newest evaluation."""
    is_promoted = lock.promoting and status.phase is not Phase.BAKE
    return is_promoted or (not lock.promoting and lock.write_number > status.step)


def _after_current(lock: Lock, policy: Policy, status: Status) -> NextEvent:
    is_bake = status.phase is Phase.BAKE or lock.promoting
    current = None if is_bake else _step(policy, status.step)
    hold = policy.bake if current is None else current.hold
    began = status.step_started_at
    at = began + timedelta(seconds=hold + _extension(lock)) if began else None
    follows = _what_follows(lock.canary_version, current, policy, status)
    return NextEvent(text=f"{follows}{_condition(status, at)}", at=at)


def _extension(lock: Lock) -> int:
    """Return by how many seconds commands prolong the hold of the current step, or the bake."""
    current = max(lock.write_number, 1)
    holds = [one for one in orders_on(lock).extensions if not one.at_gate]
    return sum(one.seconds for one in holds if max(one.write_number, 1) == current)


def _step(policy: Policy, number: int) -> Step | None:
    return policy.steps[number - 1] if 0 < number <= len(policy.steps) else None


def _what_follows(canary: str, current: Step | None, policy: Policy, status: Status) -> str:
    if current is None:
        return f"the bake ends, and version {canary} stays"
    if current.gate:
        approval = getattr(current.gate, "timeout", None)
        return "it waits for an approval" if approval else "it pauses for the command resume"
    following = _step(policy, status.step + 1)
    return f"version {canary} gets {following.percent:g} %" if following else f"version {canary} is promoted to 100 %"


def _condition(status: Status, at: datetime | None) -> str:
    if status.verdict is Verdict.INCONCLUSIVE and at is not None and status.at >= at:
        return ", once there are enough calls for a verdict"
    return ", if it stays healthy"


def is_waiting(mark: Mark) -> bool:
    """Whether the rollout waits for a person or for its turn."""
    return mark in (Mark.AWAITING_APPROVAL, Mark.PAUSED, Mark.FROZEN, Mark.QUEUED)
