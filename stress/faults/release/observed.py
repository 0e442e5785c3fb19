"""What AWS calls show of a release of two functions, at the quiet end of its cell."""

from dataclasses import dataclass, field

from stress.faults.matrix.cells import Cell
from stress.faults.observed_rollout import CANARY, STABLE, Alias, ObservedRollout
from stress.release_ledger import LedgerRelease


@dataclass(frozen=True)
class ObservedPart:
    """One function of a release."""

    function: str
    alias: Alias
    rollout: ObservedRollout | None = None
    """None where no execution was started for it."""
    remaining_lock_holder: str = ""
    updates: int = 0
    """How many times the alias was written."""

    @property
    def served(self) -> str | None:
        """The version that the alias serves alone; None for a split one."""
        return self.alias.unsplit_version


@dataclass(frozen=True)
class ObservedRelease:
    """Everything observed of the release of one cell."""

    cell: Cell
    status: str
    error: str
    cause: str
    parts: list[ObservedPart]
    ledger: LedgerRelease = field(default_factory=LedgerRelease)
    faults_occurred: int = 0
    command: str = ""
    """How the command abort ended; empty where none was given."""

    @property
    def ending(self) -> str:
        return (self.error or self.status) if self.status == "FAILED" else self.status

    @property
    def is_rejection(self) -> bool:
        return self.status == "FAILED" and self.ending not in ("ReleaseRolledBack", "ReleaseFailed")

    @property
    def serves(self) -> str:
        """What both functions serve: `stable`, `canary`, or that they differ."""
        names = {STABLE: "stable", CANARY: "canary"}
        served = {names.get(part.served or "", "split") for part in self.parts}
        return served.pop() if len(served) == 1 else "they differ"
