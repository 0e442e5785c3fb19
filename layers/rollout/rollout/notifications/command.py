"""The event of a command that a rollout has taken."""

from typing import ClassVar

from pydantic import Field

from rollout.domain.enums import Command
from rollout.notifications.events import ExecutionReference, RolloutEvent, slug
from rollout.state.commands.record import CommandRecord


class CommandTaken(RolloutEvent):
    """A rollout has taken an operator's command."""

    detail_type: ClassVar[str] = "Command Taken"

    command: Command
    why: str = Field(description="The reason that the operator gave.")
    command_execution: ExecutionReference = Field(description="The execution that took the command.")
    given_by: str | None = Field(
        default=None,
        description="Who gave the command and when, as CloudTrail names it; absent while that is not known.",
    )
    completes: str | None = Field(
        default=None,
        description="The `id` of the first event of the same command, which this one completes; absent in the first.",
    )


def command_event(record: CommandRecord) -> CommandTaken:
    """Return the event of a command that a rollout has taken; a repeated task gives it the same id."""
    command, execution = record.command, record.execution
    return CommandTaken(
        schema_version=1,
        id=f"{command.id}/{slug(CommandTaken)}",
        at=command.at,
        sentence=f"{record.effect}. Reason: {command.why}",
        execution=ExecutionReference(arn=execution.arn, name=execution.name),
        target=record.target,
        stable_version=record.stable_version,
        canary_version=record.canary_version,
        command=command.command,
        why=command.why,
        command_execution=ExecutionReference(arn=command.id, name=command.name),
    )


def named_command_event(record: CommandRecord, giver: str) -> CommandTaken:
    """Return the event of a command again, with who gave it; it has an id of its own."""
    event = command_event(record)
    named = {"id": f"{event.id}/given-by", "completes": event.id, "given_by": giver}
    return event.model_copy(update=named | {"sentence": f"{event.sentence}. CloudTrail says it was {giver}"})
