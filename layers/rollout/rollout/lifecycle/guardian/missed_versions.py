"""Decides which published versions were missed because no event started their rollout (P8).

Lambda does not say when a version was published: a version's LastModified is the time of the last change before it. So
the sweeps remember what they saw. A version is missed once a sweep saw it a while ago, and it is still the newest one.
"""

from datetime import datetime, timedelta

from rollout.domain.models import Value
from rollout.domain.refusals import REFUSALS

MIN_WAIT = timedelta(minutes=4)
"""A version is missed when a second sweep sees it. Between the two, an event with fields of its own, or a publisher
that moves the alias itself, has time. Less than the shortest `VersionSweepEvery`, because schedules are late by some
seconds; more than the three minutes in which Lambda repeats a failed invocation of the guardian twice."""

MAX_WAIT = timedelta(days=1)
"""The sweeps give up a version after this time, unless it waits for a release: its executions were refused or stopped
each time. A function that no
sweep saw for this time, because it had no tag, is treated as new."""

_REFRESH = timedelta(hours=6)
"""How often the time of the last sweep is written where nothing else changes."""


class Candidate(Value):
    """The newest version of an opted-in function, and what its alias serves."""

    version: str
    is_certain: bool = True
    """Whether there is no newer version."""
    served: str
    """The number of the version the alias serves."""
    is_busy: bool = False
    """Whether the alias is split or locked, or the version waits for its turn: a rollout or a person is at work."""

    waits_for_release: bool = False
    """Whether the function's versions wait for a release by the value of a tag, which may take days."""

    @property
    def is_served(self) -> bool:
        """Whether the alias serves the version or a newer one."""
        return int(self.version) <= int(self.served)


class Sighting(Value):
    """What the sweeps remember about the versions of an alias."""

    settled: str
    """The newest version that no sweep starts, and no older one: it was there before the first sweep, or served."""
    is_searching: bool = False
    """Whether no sweep has found the newest version yet, so that what a sweep finds is not new."""
    waiting: str | None = None
    """The newer version that a sweep saw."""
    waiting_since: datetime | None = None
    seen_at: datetime
    """When a sweep saw the function, to six hours."""

    @property
    def newest(self) -> str:
        """The newest version that a sweep saw."""
        return self.waiting or self.settled

    def is_missed(self, candidate: Candidate, now: datetime) -> bool:
        """Whether the waiting version is due for a rollout; the ledger knows whether it has had one."""
        if self.waiting is None or self.waiting_since is None or candidate.is_busy:
            return False
        return now - self.waiting_since >= MIN_WAIT


def sighting_of(known: Sighting | None, candidate: Candidate, now: datetime) -> Sighting:
    """Return what the sweeps remember after one found this candidate.

    The versions that the first sweep of a function finds are settled: they may be old, and skipped on purpose. So is
    what the alias served, because a person may move the alias back. Numbers that fall mean a deleted version, or a
    function that was deleted and created again.
    """
    if known is None or _is_unrelated(known, candidate, now):
        return Sighting(settled=candidate.version, is_searching=not candidate.is_certain, seen_at=now)
    seen = _seen(known, candidate, now)
    is_recent = now - known.seen_at < _REFRESH
    return known if is_recent and seen == known.model_copy(update={"seen_at": now}) else seen


def _is_unrelated(known: Sighting, candidate: Candidate, now: datetime) -> bool:
    """Whether what the candidate has above `known` need not be newer than the last sweep."""
    return known.is_searching or int(candidate.version) < int(known.settled) or now - known.seen_at > MAX_WAIT


def _seen(known: Sighting, candidate: Candidate, now: datetime) -> Sighting:
    version, since = candidate.version, known.waiting_since
    if candidate.is_served or version == known.settled:
        return Sighting(settled=version, seen_at=now)
    if candidate.is_busy or version != known.waiting or since is None:
        return Sighting(settled=known.settled, waiting=version, waiting_since=now, seen_at=now)
    if candidate.waits_for_release and now - since > _REFRESH:
        # It still has most of a day after its function has lost the tag.
        return Sighting(settled=known.settled, waiting=version, waiting_since=now - MIN_WAIT, seen_at=now)
    if now - since > MAX_WAIT:
        return Sighting(settled=version, seen_at=now)
    return known.model_copy(update={"seen_at": now})


def ended_without_answer(status: str, error: str) -> bool:
    """Whether an execution failed before its request was answered; a refusal and a StopExecution are answers."""
    return status == "FAILED" and error not in REFUSALS
