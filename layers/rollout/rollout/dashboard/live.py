"""A live rollout as the dashboard shows it: which version serves, whether it goes well, and what happens next."""

from collections.abc import Iterator
from datetime import datetime

from rollout.dashboard.entries import QueueEntry, RolloutEntry, target_of
from rollout.dashboard.mark import MARKS, Mark
from rollout.dashboard.next_event import NextEvent, next_event
from rollout.domain.enums import Command, Outcome, Verdict
from rollout.domain.identity import Target
from rollout.domain.models import Value
from rollout.domain.text import shorten
from rollout.lifecycle.command_rules import ALLOWED, Situation, is_at_gate, situation_of
from rollout.state.dashboard.status import Status
from rollout.state.lock import Lock
from rollout.state.releases.group import ReleaseGroup

BUTTONS = (
    Command.APPROVE,
    Command.RESUME,
    Command.RELEASE,
    Command.PROMOTE,
    Command.PAUSE,
    Command.FREEZE,
    Command.ABORT,
)
"""The commands that need no field of their own, in the order of their buttons."""

_LONGEST_REASON = 500
"""The characters of a reason on a card, of which a page has twenty."""


class LiveRollout(Value):
    """A rollout that has not ended."""

    target: Target
    key: str
    """The sort key of its entry in the ledger."""
    mark: Mark
    stable_version: str
    canary_version: str
    canary_percent: float
    started_at: datetime | None
    verdict: Verdict | None
    """The newest verdict; None before the first evaluation."""
    reason: str
    evidence: float
    evidence_limit: float | None
    evaluated_at: datetime | None
    next: NextEvent
    newer_version: str
    """The version that waits until this rollout has ended; empty without one."""
    commands: tuple[Command, ...]
    is_held: bool = False
    """Whether a freeze of the stack or a closed window kept the canary from more traffic at the newest evaluation."""
    gate_step: int | None = None
    """The step whose approval or pause the rollout waits at; None where it waits at none."""

    @property
    def partition(self) -> str:
        """The partition key of its entry in the ledger."""
        return f"{self.target.account}/{self.target.region}/{self.target.function}/{self.target.alias}"


class QueuedRollout(Value):
    """A version that waits for its turn."""

    target: Target
    version: str
    reason: str
    since: datetime
    seen_at: datetime
    is_waiting: bool
    """Whether it tried again recently; a version whose execution was stopped does not."""


def situation_in(entry: RolloutEntry, lock: Lock | None) -> Situation:
    """Return the situation of a live rollout; a lock of another rollout does not count."""
    own = lock if lock and lock.holder.arn == entry.execution_arn else None
    return situation_of(own, has_ended=entry.ending is not None)


def mark_of(entry: RolloutEntry, lock: Lock | None) -> Mark:
    """Return the mark of a live rollout."""
    if entry.ending is Outcome.ROLLBACK_FAILED:
        return Mark.ROLLBACK_FAILED
    return MARKS[situation_in(entry, lock)]


def applicable_commands(situation: Situation) -> tuple[Command, ...]:
    """Return the commands that a rollout obeys in a situation, of those that have a button."""
    return tuple(command for command in BUTTONS if situation in ALLOWED[command])


def live_rollout(entry: RolloutEntry, lock: Lock | None) -> LiveRollout:
    """Return what is shown of a live rollout; `lock` is the lock of its alias.

    A policy or an evaluation of which nothing follows, such as a time beyond every calendar, is left out.
    """
    try:
        return _live_rollout(entry, lock)
    except (ValueError, ArithmeticError, TypeError):
        return _live_rollout(entry.without_documents(), lock)


def _live_rollout(entry: RolloutEntry, lock: Lock | None) -> LiveRollout:
    status, situation = entry.status, situation_in(entry, lock)
    own = None if situation is Situation.NONE else lock
    return LiveRollout(
        target=entry.alias,
        key=entry.entry,
        mark=mark_of(entry, lock),
        stable_version=entry.stable_version,
        canary_version=entry.canary_version,
        canary_percent=_canary_percent(own, status.percent if status else 0),
        started_at=entry.started_at,
        verdict=status.verdict if status else None,
        reason=shorten(status.reason if status else entry.reason, _LONGEST_REASON),
        evidence=status.evidence if status else 1,
        evidence_limit=status.evidence_limit if status else None,
        evaluated_at=status.at if status else None,
        next=_next(entry, situation, own, status),
        newer_version=shorten(own.newer_version, _LONGEST_REASON) if own else "",
        commands=applicable_commands(situation),
        is_held=bool(status and status.held_since),
        gate_step=own.open_gate.step if own and own.open_gate and is_at_gate(situation) else None,
    )


def _next(entry: RolloutEntry, situation: Situation, lock: Lock | None, status: Status | None) -> NextEvent:
    if entry.ending is Outcome.ROLLBACK_FAILED:
        stable = f"version {entry.stable_version}"
        return NextEvent(text=f"a person has to point the alias at {stable} only: docs/runbook.md, RollbackFailed")
    return next_event(situation, lock, entry.read_policy(), status)


def _canary_percent(lock: Lock | None, evaluated: float) -> float:
    """Return the canary's share in percent: that of the newest write, which an evaluation may not have seen yet."""
    if lock is None:
        return evaluated
    if lock.promoting:
        return 100
    return lock.planned_write.shares.get(lock.canary_version, 0) if lock.planned_write else 0


def rollouts_waiting_for_release(group: ReleaseGroup) -> Iterator[QueuedRollout]:
    """Yield what is shown of each version that waits for the release of its tag; one that has started is live."""
    started = group.started.versions if group.started else ()
    for each in (each for each in group.waiting if each not in started):
        yield QueuedRollout(
            target=each.target,
            version=each.version,
            reason=group.reason or f"it waits for the release of the tag value {group.tag}",
            since=each.since,
            seen_at=each.since,
            is_waiting=True,
        )


def queued_rollout(entry: QueueEntry, now: datetime) -> QueuedRollout:
    """Return what is shown of a queued version."""
    return QueuedRollout(
        target=target_of(entry.target),
        version=entry.queued.version,
        reason=shorten(entry.queued.reason, _LONGEST_REASON),
        since=entry.queued.holder.started_at,
        seen_at=entry.queued.seen_at,
        is_waiting=entry.queued.is_waiting_at(now),
    )
