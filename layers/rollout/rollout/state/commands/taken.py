"""A command that an operator gave to a live rollout."""

from datetime import datetime

from rollout.domain.enums import Command
from rollout.domain.models import Value
from rollout.domain.text import format_minute


class TakenCommand(Value):
    """A command that a rollout obeys, as its lock keeps it."""

    id: str
    """The ARN of the execution that took it, so that a repeated task takes it once."""
    name: str
    """The name of that execution."""
    command: Command
    at: datetime
    why: str
    seconds: int = 0
    """By how much `extend` prolongs the hold or the bake."""
    metrics: tuple[str, ...] = ()
    """What `ignore` leaves out from now on."""
    override_freeze: str = ""
    """Why the rollout overrides freezes and windows from now on; empty where it does not."""
    write_number: int = 0
    """Which of the rollout's writes was the newest when the command was taken, from 1: the step that it means."""
    at_gate: bool = False
    """Whether the rollout waited at an approval or a pause of its policy."""

    @property
    def source(self) -> str:
        """The command and its reason as a sentence part, such as `by the command slow-db: the database is slow`."""
        return f"by the command {self.name}: {self.why}"

    @property
    def source_since(self) -> str:
        """The command, its time and its reason as a sentence part."""
        return f"by the command {self.name} since {format_minute(self.at)}: {self.why}"
