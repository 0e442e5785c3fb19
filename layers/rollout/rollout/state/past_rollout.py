"""A rollout of an alias in the past, as the ledger has it."""

from datetime import datetime

from rollout.domain.enums import Outcome
from rollout.domain.models import Value

ABORTED = "aborted by the command"
SUPERSEDED = "supersedes this rollout"
FROZEN = "the stack is frozen"
BEFORE_FIRST_WRITE = "before it wrote to"
"""The parts of a reason by which a rollout ended without a finding about its canary."""


class PastRollout(Value):
    """A rollout of an alias in the past, or the one that runs."""

    canary_version: str
    stable_version: str
    outcome: Outcome | None = None
    """None while it runs."""
    started_at: datetime
    reason: str = ""
    is_back: bool = False
    """Whether it returned to an earlier version, so that its stable version was withdrawn."""

    @property
    def is_promoted(self) -> bool:
        """Whether the alias served the canary alone in the end."""
        return self.outcome is Outcome.PROMOTED

    @property
    def is_stopped_from_outside(self) -> bool:
        """Whether a command, a newer version, a freeze or the end of its execution stopped it, and not its canary."""
        parts = (ABORTED, SUPERSEDED, FROZEN, BEFORE_FIRST_WRITE)
        return not self.is_promoted and any(part in self.reason for part in parts)

    @property
    def served(self) -> str:
        """The version that the alias served after it."""
        return self.canary_version if self.is_promoted else self.stable_version
