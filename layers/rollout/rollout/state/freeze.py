"""The freeze that keeps a live rollout as it is: by a command, or by the stack's parameter."""

from datetime import datetime

from rollout.domain.models import Value


class StandingFreeze(Value):
    """A freeze that holds a rollout, from the first evaluation that it kept from going on."""

    number: int
    """The evaluation at which it began to hold, so that a repeated task publishes the same event."""
    since: datetime
    """When the command was taken, or when the freeze of the stack began to hold the rollout."""
    reason: str
    """As a sentence part."""
    until: datetime | None = None
    """When it ends by itself; None where a person has to end it."""
    command: str = ""
    """The ARN of the execution of the command; empty for a freeze of the stack."""
    is_published: bool = False
    """Whether an event or a notification of it has gone out."""
