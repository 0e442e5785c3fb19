"""The event of a command that a rollout has taken."""

from typing import Any, ClassVar

from pydantic import Field

from rollout.domain.enums import Command
from rollout.notifications.events import ExecutionReference, RolloutEvent, slug
from rollout.state.commands.record import CommandRecord
from rollout.state.commands.taken import TakenCommand


class CommandTaken(RolloutEvent):
    """A rollout has taken an operator's command."""

    detail_type: ClassVar[str] = "Command Taken"

    command: Command
    why: str = Field(description="The reason that the operator gave.")
    command_execution: ExecutionReference | None = Field(
        default=None, description="The execution that took the command; absent for a button of the dashboard."
    )
    request_id: str | None = Field(
        default=None, description="The ID of the Lambda request of a button of the dashboard; absent for an execution."
    )
    given_by: str | None = Field(
        default=None,
        description="Who gave the command and when, as CloudTrail names it; absent while that is not known. For a"
        " button of the dashboard, the name that was entered, which is not verified.",
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
        channel=record.channel,
        stable_version=record.stable_version,
        canary_version=record.canary_version,
        command=command.command,
        why=command.why,
        **_source(command),
    )


def _source(command: TakenCommand) -> dict[str, Any]:
    if command.stated_by:
        return {"request_id": command.id, "given_by": command.stated_giver}
    return {"command_execution": ExecutionReference(arn=command.id, name=command.name)}


def named_command_event(record: CommandRecord, giver: str) -> CommandTaken:
    """Return the event of a command again, with who gave it; it has an id of its own."""
    event = command_event(record)
    named = {"id": f"{event.id}/given-by", "completes": event.id, "given_by": giver}
    return event.model_copy(update=named | {"sentence": f"{event.sentence}. CloudTrail says it was {giver}"})
