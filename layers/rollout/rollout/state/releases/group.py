"""The versions that wait until every function with the same value of the tag `rollout:release` has one."""

from datetime import datetime
from enum import StrEnum

from rollout.domain.identity import AccountRegion, Target
from rollout.domain.models import Value
from rollout.domain.text import Sentence


class WaitingVersion(Value):
    """A published version that waits for those of the other functions."""

    target: Target
    version: str
    since: datetime
    """When the function's first version of the coming release was published, or since the release
    before has ended, if that is later; a newer version keeps it."""

    @property
    def name(self) -> str:
        """The function and its alias."""
        return self.target.name


class StartedRelease(Value):
    """A release that the tag has started, and that has not been seen to have ended."""

    name: str
    execution: str
    """The name of its execution."""
    request: str
    """The input of its execution, as JSON."""
    versions: tuple[WaitingVersion, ...]
    """The versions that it rolls out."""


class RefusedRelease(Value):
    """The last release that the tag has started, where it was refused before anything was touched."""

    name: str
    at: datetime
    """When that was seen."""
    error: str


class ReleaseGroup(Value):
    """What the ledger knows about the functions with one value of the tag, in one account and region."""

    account_region: AccountRegion
    tag: str
    """The value of the tag."""
    waiting: tuple[WaitingVersion, ...] = ()
    """The versions that wait, by the names of their functions."""
    revision: int = 0
    """Grows with each change of the versions that wait."""
    started: StartedRelease | None = None
    refused: RefusedRelease | None = None
    reported_at: datetime | None = None
    """When people were last notified that it waits for too long."""
    reason: Sentence = ""
    """Why its versions wait, as a sentence part, after the last check."""

    def is_waiting(self, target: Target, version: str) -> bool:
        """Whether a version waits for a release that has not started."""
        started = [(each.target, each.version) for each in self.started.versions] if self.started else []
        versions = [(each.target, each.version) for each in self.waiting]
        return (target, version) in versions and (target, version) not in started

    @property
    def first_since(self) -> datetime | None:
        """Since when the first of its versions waits; None where none does."""
        return min((each.since for each in self.waiting), default=None)


class GroupMove(StrEnum):
    """What becomes of the versions that wait."""

    WAIT = "wait"
    START = "start"
    REPORT = "report"
    """They wait for longer than the stack allows, so people decide."""


class GroupDecision(Value):
    """What becomes of the versions that wait, and why, as a sentence part."""

    move: GroupMove
    reason: Sentence
    missing: tuple[str, ...] = ()
    """The functions that have published no new version."""
