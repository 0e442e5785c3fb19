"""The state of a release, as the ledger keeps it."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from rollout.domain.enums import Outcome
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.domain.text import shorten_bytes
from rollout.state.releases.part import Progress, ReleasePart

LONGEST_PART_REASON = 600
"""The longest reason of one part in bytes: 200 of them fit into an entry, an event and a state."""


class ReleaseStatus(StrEnum):
    """What the parts of a release may do. It moves from left to right, and fails from the first two."""

    ROLLING = "rolling"
    """Each part goes through its steps, and none is promoted."""
    PROMOTING = "promoting"
    """The steps of every part have passed: each is promoted after those that it comes after."""
    PROMOTED = "promoted"
    """The bake of every part has passed, so none is rolled back any more."""
    FAILED = "failed"
    """Every part rolls back."""

    @property
    def is_open(self) -> bool:
        """Whether the release can still fail."""
        return self in (ReleaseStatus.ROLLING, ReleaseStatus.PROMOTING)


class PartEnding(Value):
    """How the rollout of a part ended."""

    outcome: Outcome
    reason: str


class ReleaseState(Value):
    """How far a release and each of its functions have come."""

    status: ReleaseStatus
    size: int
    """How many parts it has."""
    failure: str = ""
    """Why it failed first, as a sentence part; empty where it has not."""
    changed_at: datetime
    """Since when it has its status."""
    progress: dict[int, Progress] = Field(default_factory=dict)
    endings: dict[int, PartEnding] = Field(default_factory=dict)

    def reached(self, progress: Progress) -> int:
        """Return how many functions have come at least so far."""
        return sum(each >= progress for each in self.progress.values())

    def has_reached(self, number: int, progress: Progress) -> bool:
        """Whether a part has come at least so far."""
        return self.progress.get(number, Progress.WAITING) >= progress

    def still_before(self, numbers: dict[int, str], progress: Progress) -> list[str]:
        """Return the names of those of these parts that have not come so far."""
        return [name for number, name in numbers.items() if not self.has_reached(number, progress)]


class PlannedPart(Value):
    """A part of a release as PrepareRelease found it."""

    target: Target
    function: str
    """The name by which the release's input and `after` know it."""
    stable_version: str
    canary_version: str
    execution: str
    """The name of the execution that rolls it out."""
    after: tuple[str, ...] = ()


class Release(Value):
    """A release with its parts, which do not change."""

    name: str
    execution: Execution
    parts: tuple[PlannedPart, ...]
    deadline: datetime
    """When it fails unless it is promoted."""

    def part(self, number: int) -> ReleasePart:
        """Return what the rollout of a part knows of its release."""
        numbers = {part.function: position for position, part in enumerate(self.parts)}
        after = {numbers[function]: function for function in self.parts[number].after}
        return ReleasePart(name=self.name, execution=self.execution, number=number, after=after)

    @property
    def as_part(self) -> ReleasePart:
        """The release as its first part knows it: what the key of its entry needs."""
        return self.part(0)


def part_reason(reason: str) -> str:
    """Return a part's reason in the length that the entry of its release has room for."""
    return shorten_bytes(reason, LONGEST_PART_REASON)
