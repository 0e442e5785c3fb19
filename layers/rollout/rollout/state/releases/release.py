"""The state of a release, as the ledger keeps it."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from rollout.domain.enums import Outcome
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.domain.text import shorten
from rollout.state.releases.member import Progress, ReleaseMember

LONGEST_MEMBER_REASON = 600
"""The longest reason of one member in the entry of a release, in characters."""


class ReleaseStatus(StrEnum):
    """What the members of a release may do. It moves from left to right, and fails from the first two."""

    ROLLING = "rolling"
    """Each member goes through its steps, and none is promoted."""
    PROMOTING = "promoting"
    """The steps of every member have passed: each is promoted after those that it comes after."""
    PROMOTED = "promoted"
    """The bake of every member has passed, so none is rolled back any more."""
    FAILED = "failed"
    """Every member rolls back."""

    @property
    def is_open(self) -> bool:
        """Whether the release can still fail."""
        return self in (ReleaseStatus.ROLLING, ReleaseStatus.PROMOTING)


class MemberEnding(Value):
    """How the rollout of a member ended."""

    outcome: Outcome
    reason: str


class ReleaseState(Value):
    """How far a release and each of its members have come."""

    status: ReleaseStatus
    size: int
    """How many members it has."""
    failure: str = ""
    """Why it failed first, as a sentence part; empty where it has not."""
    changed_at: datetime
    """Since when it has its status."""
    progress: dict[int, Progress] = Field(default_factory=dict)
    endings: dict[int, MemberEnding] = Field(default_factory=dict)

    def reached(self, progress: Progress) -> int:
        """Return how many members have come at least so far."""
        return sum(each >= progress for each in self.progress.values())

    def has_reached(self, number: int, progress: Progress) -> bool:
        """Whether a member has come at least so far."""
        return self.progress.get(number, Progress.WAITING) >= progress

    def still_before(self, numbers: dict[int, str], progress: Progress) -> list[str]:
        """Return the names of those of these members that have not come so far."""
        return [name for number, name in numbers.items() if not self.has_reached(number, progress)]


class PlannedMember(Value):
    """A member of a release as PrepareRelease found it."""

    target: Target
    function: str
    """The name by which the release's input and `after` know it."""
    stable_version: str
    canary_version: str
    execution: str
    """The name of the execution that rolls it out."""
    after: tuple[str, ...] = ()


class Release(Value):
    """A release with its members, which do not change."""

    name: str
    execution: Execution
    members: tuple[PlannedMember, ...]
    deadline: datetime
    """When it fails unless it is promoted."""

    def member(self, number: int) -> ReleaseMember:
        """Return what the rollout of a member knows of its release."""
        numbers = {member.function: position for position, member in enumerate(self.members)}
        after = {numbers[function]: function for function in self.members[number].after}
        return ReleaseMember(name=self.name, execution=self.execution, number=number, after=after)

    @property
    def as_member(self) -> ReleaseMember:
        """The release as its first member knows it: what the key of its entry needs."""
        return self.member(0)


def member_reason(reason: str) -> str:
    """Return a member's reason in the length that the entry of its release has room for."""
    return shorten(reason, LONGEST_MEMBER_REASON)
