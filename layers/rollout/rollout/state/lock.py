"""The lock of an alias: one rollout may write the alias, and at most one version waits for it."""

from datetime import datetime

from pydantic import Field

from rollout.domain.enums import Phase
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.domain.text import Sentence
from rollout.state.commands.taken import TakenCommand
from rollout.state.gate import ReachedGate
from rollout.state.releases.part import ReleasePart
from rollout.state.rollout import Rollout

LONGEST_WAIT_SECONDS = 900
"""A queued version tries again after a tenth of the time it has waited, but at the latest after this time."""

QUEUE_TIMEOUT_SECONDS = 2 * LONGEST_WAIT_SECONDS
"""A queued version that has not tried again for this long no longer waits: its execution was stopped."""


class PlannedWrite(Value):
    """The alias that a rollout is about to write: a version, and the percent of another one."""

    version: str
    shares: dict[str, float] = Field(default_factory=dict)


class Lock(Value):
    """The rollout that holds an alias, and the writes to the alias that belong to it."""

    target: Target
    holder: Execution
    stable_version: str
    canary_version: str
    channel: str | None = None
    """The channel that the function's tag names, if any."""
    release: ReleasePart | None = None
    """The release that the holder is a part of, if any."""
    revision_id: str
    """The alias's revision after the holder last read or wrote it."""
    planned_write: PlannedWrite | None = None
    """The write that the holder announced; only the alias shows whether it was made."""
    write_number: int = 0
    """Which of the rollout's writes is announced, from 1; 0 before the first."""
    promoting: bool = False
    """Whether a promotion was announced, so that the holder may have made the alias serve the canary alone."""
    is_taken_over: bool = False
    """Whether the guardian took over the lock from its holder."""
    is_ending: bool = False
    """Whether an evaluation has decided how the rollout ends."""
    is_rolling_back: bool = False
    """Whether RollBack has begun, after which no late task of the holder may write."""
    superseded_by: str = ""
    """The newer version for which the holder has to roll back."""
    awaited_by: str = ""
    """The newer version that waits until the holder has ended."""
    commands: tuple[TakenCommand, ...] = ()
    """What operators have ordered of this rollout, in order."""
    moves: int = 0
    """How many moves of the alias by others CloudTrail has reported since the lock was acquired."""
    gate: ReachedGate | None = None
    """The last approval or pause of the policy that the holder has reached, in this step or an earlier one."""

    @property
    def newer_version(self) -> str:
        """The newer version that has asked for the alias; empty without one."""
        return self.superseded_by or self.awaited_by

    @property
    def open_gate(self) -> ReachedGate | None:
        """The gate of the current step that the holder has reached and that has not timed out; None without one."""
        gate = self.gate
        return gate if gate and gate.step == self.write_number and not (gate.timed_out or self.promoting) else None

    @property
    def gate_number(self) -> int:
        """The number of the last gate; 0 before the first."""
        return self.gate.number if self.gate else 0

    def belongs_to(self, execution_arn: str) -> bool:
        """Whether this execution may write the alias."""
        return self.holder.arn == execution_arn and not self.is_taken_over


class Announcement(Value):
    """A write that the holder of a lock has announced."""

    lock: Lock
    number: int
    """How many announcements the lock has had, this one included."""
    is_first: bool
    """Whether no earlier task has announced this write, and so none can have made it."""


class QueuedVersion(Value):
    """The newest version that waits for the lock of an alias."""

    version: str
    holder: Execution
    seen_at: datetime
    reason: Sentence = "it waits for its turn"
    """Why it waited at its last try, as a sentence part."""

    def is_waiting_at(self, now: datetime) -> bool:
        """Whether the version still waits: it tried again recently."""
        return (now - self.seen_at).total_seconds() < QUEUE_TIMEOUT_SECONDS


def lock_of(rollout: Rollout, planned_write: PlannedWrite | None = None) -> Lock:
    """Return the lock of a rollout with its planned write; None before the first write."""
    is_promotion = planned_write is not None and planned_write.version == rollout.canary_version
    return Lock(
        target=rollout.target,
        holder=rollout.execution,
        stable_version=rollout.stable_version,
        canary_version=rollout.canary_version,
        channel=rollout.channel,
        release=rollout.release.part if rollout.release else None,
        revision_id=rollout.revision_id,
        planned_write=planned_write,
        write_number=rollout.step + 1 if planned_write else 0,
        promoting=is_promotion or rollout.phase is Phase.BAKE,
    )
