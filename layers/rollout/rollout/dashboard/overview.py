"""The overview: the live rollouts of a page, the queued versions, and the last endings."""

from collections import Counter
from datetime import datetime

from rollout.dashboard.entries import QueueEntry, RolloutEntry, entry_of
from rollout.dashboard.event import WidgetRequest
from rollout.dashboard.live import LiveRollout, QueuedRollout, live_rollout, queued_rollout
from rollout.dashboard.mark import MARKS, Mark
from rollout.domain.enums import Outcome
from rollout.domain.identity import Target
from rollout.domain.models import Value
from rollout.lifecycle.command_rules import situation_of
from rollout.state.lock import Lock

PAGE_SIZE = 20
"""How many live rollouts, and how many queued versions, a page shows."""

ENDINGS_READ = 50
"""How many of the last endings are read, and filtered."""

_ENDINGS_SHOWN = 10


class Held(Value):
    """A lock that is held, or a version that waits for one, with the mark of its rollout."""

    mark: Mark
    target: str
    """The partition key of the alias."""
    lock: Lock | None = None
    queued: QueueEntry | None = None
    for_release: QueuedRollout | None = None
    """A version that waits for the release of its tag."""


class Chosen(Value):
    """What a page of the overview is to show, before the entries of its rollouts are read."""

    request: WidgetRequest
    counts: dict[Mark, int]
    """How many rollouts have each mark, whatever the filters."""
    found: int
    """How many live rollouts and queued versions the filters leave."""
    page: int
    pages: int
    shown: tuple[Held, ...]
    endings: tuple[RolloutEntry, ...]
    unreadable: tuple[str, ...]

    @property
    def locks(self) -> list[Lock]:
        """The locks of the page's rollouts."""
        return [held.lock for held in self.shown if held.lock]


class EndedRollout(Value):
    """A rollout that has ended."""

    target: Target
    key: str
    outcome: Outcome
    stable_version: str
    canary_version: str
    started_at: datetime | None
    ended_at: datetime | None
    reason: str

    @property
    def partition(self) -> str:
        """The partition key of its entry in the ledger."""
        return f"{self.target.account}/{self.target.region}/{self.target.function}/{self.target.alias}"


class Overview(Value):
    """What the overview shows."""

    request: WidgetRequest
    counts: dict[Mark, int]
    found: int
    page: int
    pages: int
    live: tuple[LiveRollout, ...]
    queued: tuple[QueuedRollout, ...]
    endings: tuple[EndedRollout, ...]
    unreadable: tuple[str, ...]


def choose(
    request: WidgetRequest, held: list[Held], endings: list[RolloutEntry], unreadable: tuple[str, ...] = ()
) -> Chosen:
    """Return what the page shows: the most urgent rollouts first, each mark in the order of the names."""
    ended = {entry.execution_arn: entry.ending for entry in endings}
    marked = [_with_ending(one, ended.get(one.lock.holder.arn) if one.lock else None) for one in held]
    chosen = sorted(
        (one for one in marked if _is_named(request, one.target) and request.state in (None, one.mark)),
        key=lambda one: (one.mark.urgency, one.target),
    )
    pages = max(-(-len(chosen) // PAGE_SIZE), 1)
    page = min(request.page, pages)
    return Chosen(
        request=request,
        counts=Counter(one.mark for one in marked),
        found=len(chosen),
        page=page,
        pages=pages,
        shown=tuple(chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]),
        endings=() if request.state else tuple(one for one in endings if _is_named(request, one.target)),
        unreadable=unreadable,
    )


def held_lock(partition: str, lock: Lock) -> Held:
    """Return a lock with its mark."""
    return Held(mark=MARKS[situation_of(lock)], target=partition, lock=lock)


def waiting_version(queued: QueueEntry) -> Held:
    """Return a version that waits, with its mark."""
    return Held(mark=Mark.QUEUED, target=queued.target, queued=queued)


def waiting_for_release(waiting: QueuedRollout) -> Held:
    """Return a version that waits for the release of its tag, with its mark."""
    target = waiting.target
    partition = f"{target.account}/{target.region}/{target.function}/{target.alias}"
    return Held(mark=Mark.QUEUED, target=partition, for_release=waiting)


def _with_ending(held: Held, ending: Outcome | None) -> Held:
    """Return a lock whose rollout is known to have ended with the mark of that: its lock is about to be released."""
    if ending is None:
        return held
    mark = Mark.ROLLBACK_FAILED if ending is Outcome.ROLLBACK_FAILED else Mark.ENDING
    return held.model_copy(update={"mark": mark})


def _is_named(request: WidgetRequest, partition: str) -> bool:
    """Whether the filter is part of the function and its alias, in any case."""
    name = ":".join(partition.split("/", 3)[2:])
    return request.function.lower() in name.lower()


def overview(chosen: Chosen, entries: list[RolloutEntry], now: datetime) -> Overview:
    """Return what the overview shows; a rollout without an entry is about to begin, or its entry cannot be read."""
    known = {entry.execution_arn: entry for entry in entries}
    held = [(one.target, one.lock) for one in chosen.shown if one.lock]
    live = [(known.get(lock.holder.arn) or entry_of(target, lock), lock) for target, lock in held]
    return Overview(
        request=chosen.request,
        counts=chosen.counts,
        found=chosen.found,
        page=chosen.page,
        pages=chosen.pages,
        live=tuple(live_rollout(entry, lock) for entry, lock in live),
        queued=tuple(queued for one in chosen.shown if (queued := _queued(one, now))),
        endings=tuple(ended for one in chosen.endings[:_ENDINGS_SHOWN] if (ended := ended_rollout(one))),
        unreadable=chosen.unreadable,
    )


def _queued(held: Held, now: datetime) -> QueuedRollout | None:
    return queued_rollout(held.queued, now) if held.queued else held.for_release


def ended_rollout(entry: RolloutEntry) -> EndedRollout | None:
    """Return what is shown of an ended rollout; None for one that runs."""
    if entry.ending is None:
        return None
    return EndedRollout(
        target=entry.alias,
        key=entry.entry,
        outcome=entry.ending,
        stable_version=entry.stable_version,
        canary_version=entry.canary_version,
        started_at=entry.started_at,
        ended_at=entry.ended_at,
        reason=entry.reason,
    )
