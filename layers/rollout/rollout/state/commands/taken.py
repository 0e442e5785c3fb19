"""A command that an operator gave to a live rollout."""

from datetime import datetime

from rollout.domain.enums import Command
from rollout.domain.models import Value
from rollout.domain.text import format_minute


class TakenCommand(Value):
    """A command that a rollout obeys, as its lock keeps it."""

    id: str
    """The ARN of the execution that took it, or the ID of the Lambda request of a button of the dashboard."""
    name: str
    """The name of that execution; the command of a button has the ID of its request here too."""
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
    stated_by: str = ""
    """The name that a person entered in the dashboard, which nothing verifies; empty for an execution."""

    @property
    def stated_giver(self) -> str:
        """Who gave the command of a button, as far as that is known; empty for an execution, which CloudTrail has."""
        if not self.stated_by:
            return ""
        return f"{self._entered} and not verified; Lambda request {self.id}"

    @property
    def source(self) -> str:
        """The command and its reason as a sentence part, such as `by the command slow-db: the database is slow`."""
        return f"by the command {self._named}: {self.why}"

    @property
    def source_since(self) -> str:
        """The command, its time and its reason as a sentence part."""
        return f"by the command {self._named} since {format_minute(self.at)}: {self.why}"

    @property
    def _named(self) -> str:
        return f"{self.name} ({self._entered})" if self.stated_by else self.name

    @property
    def _entered(self) -> str:
        return f'"{self.stated_by}" as entered in the dashboard'
