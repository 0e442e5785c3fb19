"""What AWS calls show of one rollout: the alias, the execution, the ledger and the updates in CloudTrail."""

from dataclasses import dataclass, field
from typing import Any

from stress.faults.given_command import GivenCommand
from stress.faults.matrix.cells import Cell
from stress.faults.matrix.fault import OutsideAction

OTHER_VERSION, STABLE, CANARY, NEWER = "1", "2", "3", "4"
"""The versions of every function. Only an outside edit points the alias at OTHER_VERSION."""
EDITED_VERSION = {OutsideAction.EDIT: OTHER_VERSION, OutsideAction.EDIT_TO_LATEST: "$LATEST"}
"""The version at which each outside edit points the alias."""
GUARDIAN = "guardian"
"""The prefix of the lock's holder once the guardian has taken over the lock of an execution that has ended."""
MOST_READS_WITHOUT_LOCK = 1
"""The rollout may begin between a read of the lock and the read of the ledger that follows it."""


@dataclass(frozen=True)
class Alias:
    """The versions an alias serves, and its revision."""

    version: str
    weights: dict[str, float]
    revision_id: str

    @property
    def unsplit_version(self) -> str | None:
        """The version that the alias serves alone; None for a split alias."""
        return None if self.weights else self.version

    @property
    def versions(self) -> set[str]:
        return {self.version, *self.weights}

    def format(self) -> str:
        shares = "".join(f", {weight:.0%} to version {version}" for version, weight in self.weights.items())
        return f"version {self.version}{shares or ' alone'}"


@dataclass(frozen=True)
class AliasUpdate:
    """One successful UpdateAlias call, as CloudTrail records it."""

    revision_id: str | None
    by_hand: bool
    by_guardian: bool = False


@dataclass(frozen=True)
class ObservedRollout:
    """Everything observed of the rollout of one cell."""

    cell: Cell
    execution: str
    executions: int
    """The number of executions for the canary."""
    status: str
    error: str
    cause: str
    alias: Alias
    alias_at_end: Alias
    """The alias when the execution ended."""
    unsplit_after_seconds: float | None
    """Seconds from the end of the execution until the alias stayed unsplit; None if it is split."""
    limit_seconds: float
    updates: list[AliasUpdate] = field(default_factory=list)
    edit_revision: str = ""
    """The alias's revision after the outside edit."""
    rollouts: list[dict[str, Any]] = field(default_factory=list)
    """The ledger's entries of the canary's rollouts, as plain values."""
    next_execution: str = ""
    """The execution that rolls out the newer version."""
    next_ending: str = ""
    holders: frozenset[str] = frozenset()
    """Every holder of the lock that was read."""
    reads_without_lock: int = MOST_READS_WITHOUT_LOCK + 1
    """How often no lock was found although the ledger had the rollout as running."""
    remaining_lock_holder: str = ""
    faults_occurred: int = 0
    refusal: str = ""
    """Why AWS refused the outside action."""
    commands: list[GivenCommand] = field(default_factory=list)
    evaluation_reasons: list[str] = field(default_factory=list)
    """The reason of each evaluation in the ledger."""
    states: frozenset[str] = frozenset()
    """The states that the execution entered, of a rollout with hooks."""

    @property
    def ending(self) -> str:
        return (self.error or self.status) if self.status == "FAILED" else self.status

    @property
    def all_reasons(self) -> list[str]:
        """Every reason that the rollout has given."""
        return [self.cause, *self.evaluation_reasons, *(str(rollout.get("reason")) for rollout in self.rollouts)]

    @property
    def own_updates(self) -> list[AliasUpdate]:
        """The orchestrator's updates of the alias."""
        return [update for update in self.updates if not update.by_hand]
