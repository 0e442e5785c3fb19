"""A command that the program gave, as AWS calls show it."""

from dataclasses import dataclass
from typing import Any

ABORT, APPROVE = "abort", "approve"
WHY = "to see it obeyed"
FAILED = "CommandFailed"
"""The error of a command that may have been taken; every other error is a refusal."""


@dataclass(frozen=True)
class GivenCommand:
    """A command, the ending of its execution, and its entries in the ledger."""

    command: str
    execution: str
    status: str
    error: str = ""
    is_late: bool = False
    """Whether it was given after the end of the rollout."""
    records: tuple[dict[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """The name of its execution, by which reasons refer to it."""
        return self.execution.rpartition(":")[2]

    @property
    def ending(self) -> str:
        return self.error or self.status

    @property
    def is_refused(self) -> bool:
        return self.status == "FAILED" and self.error != FAILED
