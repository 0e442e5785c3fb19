"""Where a command comes from: an execution of the command state machine, or a button of the dashboard."""

from datetime import datetime

from rollout.domain.identity import AccountRegion, Execution
from rollout.domain.models import Value


class CommandSource(Value):
    """What identifies a command, so that a repeated task takes it once."""

    id: str
    """The ARN of the execution, or the ID of the Lambda request of the button."""
    name: str
    """The name of the execution; a button has the ID of its request here too."""
    at: datetime
    account_region: AccountRegion
    """The orchestrator's account and region."""
    stated_by: str = ""
    """The name that a person entered in the dashboard, which nothing verifies; empty for an execution."""


def source_of(execution: Execution) -> CommandSource:
    """Return the source of the command of an execution."""
    return CommandSource(
        id=execution.arn, name=execution.name, at=execution.started_at, account_region=execution.account_region
    )
