"""The overview: the live rollouts of a page, the queued versions, and the last endings."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from rollout.dashboard.entries import LiveEntries, QueueEntry, RolloutEntry, entry_of
from rollout.dashboard.event import WidgetRequest
from rollout.dashboard.live import LiveRollout, QueuedRollout, live_rollout, mark_of, queued_rollout
from rollout.dashboard.mark import Mark
from rollout.domain.enums import Outcome
from rollout.domain.identity import Target
from rollout.domain.models import Value
from rollout.state.lock import Lock

PAGE_SIZE = 20
"""How many live rollouts, and how many queued versions, a page shows."""

ENDINGS_READ = 50
"""How many of the last endings are read, and filtered."""

_ENDINGS_SHOWN = 10


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
    """How many rollouts have each mark, whatever the filters."""
    found: int
    """How many live rollouts and queued versions the filters leave."""
    page: int
    pages: int
    live: tuple[LiveRollout, ...]
    queued: tuple[QueuedRollout, ...]
    endings: tuple[EndedRollout, ...]
    unreadable: tuple[str, ...]


def overview(
    request: WidgetRequest, entries: LiveEntries, locks: dict[str, Lock], endings: list[RolloutEntry], now: datetime
) -> Overview:
    """Return what the overview shows: the most urgent rollouts first, each mark in the order of the names."""
    marked = sorted(_marked(entries, locks, endings), key=lambda one: (one[0].urgency, one[1].target))
    chosen = [one for one in marked if _is_chosen(request, one[1].target, one[0])]
    pages = max(-(-len(chosen) // PAGE_SIZE), 1)
    page = min(request.page, pages)
    shown = [entry for _, entry in chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
    return Overview(
        request=request,
        counts=Counter(mark for mark, _ in marked),
        found=len(chosen),
        page=page,
        pages=pages,
        live=tuple(live_rollout(one, locks.get(one.target)) for one in shown if isinstance(one, RolloutEntry)),
        queued=tuple(queued_rollout(one, now) for one in shown if not isinstance(one, RolloutEntry)),
        endings=_last_endings(request, endings),
        unreadable=entries.unreadable,
    )


def _marked(
    entries: LiveEntries, locks: dict[str, Lock], endings: list[RolloutEntry]
) -> list[tuple[Mark, RolloutEntry | QueueEntry]]:
    found = [*entries.running, *_locked_without_entry(entries, locks, endings)]
    running: list[tuple[Mark, RolloutEntry | QueueEntry]] = [
        (mark_of(entry, locks.get(entry.target)), entry) for entry in found
    ]
    return [*running, *((Mark.QUEUED, entry) for entry in entries.queued)]


def _locked_without_entry(
    entries: LiveEntries, locks: dict[str, Lock], endings: list[RolloutEntry]
) -> Iterator[RolloutEntry]:
    """Yield the rollouts that hold a lock and have no open entry: those that begin, and those whose rollback failed."""
    known = {entry.execution_arn for entry in entries.running}
    ended = {entry.execution_arn: entry for entry in endings}
    for partition, lock in locks.items():
        if lock.holder.arn in known:
            continue
        entry = ended.get(lock.holder.arn) or entry_of(partition, lock)
        if entry.ending in (None, Outcome.ROLLBACK_FAILED):
            yield entry


def _is_chosen(request: WidgetRequest, partition: str, mark: Mark) -> bool:
    return _is_named(request, partition) and request.state in (None, mark)


def _is_named(request: WidgetRequest, partition: str) -> bool:
    """Whether the filter is part of the function and its alias, in any case."""
    name = ":".join(partition.split("/", 3)[2:])
    return request.function.lower() in name.lower()


def _last_endings(request: WidgetRequest, endings: list[RolloutEntry]) -> tuple[EndedRollout, ...]:
    if request.state:
        return ()
    named = [entry for entry in endings if _is_named(request, entry.target)]
    return tuple(ended for entry in named[:_ENDINGS_SHOWN] if (ended := ended_rollout(entry)))


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
