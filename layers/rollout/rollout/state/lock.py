"""The claim: the one rollout that may write an alias, and what becomes of others that come meanwhile."""

from datetime import datetime

from pydantic import Field

from rollout.domain.enums import Phase
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.state.rollout import Rollout

LONGEST_WAIT_SECONDS = 900
"""A version that waits for its turn asks again after a tenth of the time it has waited, and this at the latest."""

SILENT_SECONDS = 2 * LONGEST_WAIT_SECONDS
"""A waiting version that has not asked for so long waits no more: somebody stopped it."""


class PlannedWrite(Value):
    """What a rollout is about to write: a version, and percents of another one."""

    version: str
    shares: dict[str, float] = Field(default_factory=dict)


class Lock(Value):
    """Who holds an alias, and what the alias may look like by its hand."""

    target: Target
    holder: Execution
    stable_version: str
    canary_version: str
    revision_id: str
    """The alias as the holder last knew it."""
    planned_write: PlannedWrite | None = None
    """What it announced to write; whether it was written, only the alias tells."""
    promoting: bool = False
    """Whether a promotion was announced, so that the alias may serve the canary alone by the holder's hand."""
    is_taken_over: bool = False
    """Whether the guardian has taken it away from its holder."""
    superseded_by: str = ""
    """The version for which the holder is to be taken back."""

    def belongs_to(self, execution_arn: str) -> bool:
        """Whether this execution may write the alias."""
        return self.holder.arn == execution_arn and not self.is_taken_over


class QueuedVersion(Value):
    """The newest version that waits for an alias."""

    version: str
    holder: Execution
    seen_at: datetime

    def waits_at(self, now: datetime) -> bool:
        """Whether it still asks for its turn."""
        return (now - self.seen_at).total_seconds() < SILENT_SECONDS


def lock_of(rollout: Rollout, planned_write: PlannedWrite | None = None) -> Lock:
    """Return the claim of a rollout that is about to write this; nothing, before its first write."""
    is_promotion = planned_write is not None and planned_write.version == rollout.canary_version
    return Lock(
        target=rollout.target,
        holder=rollout.execution,
        stable_version=rollout.stable_version,
        canary_version=rollout.canary_version,
        revision_id=rollout.revision_id,
        planned_write=planned_write,
        promoting=is_promotion or rollout.phase is Phase.BAKE,
    )
