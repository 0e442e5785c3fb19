"""Answers an execution of the command state machine."""

from typing import Any

from rollout.admission.command import read_command_event
from rollout.admission.examination import is_doctor
from rollout.aws.powertools import logger
from rollout.domain.command_errors import CommandRefusedError
from rollout.domain.enums import Command, CommandAnswer
from rollout.domain.errors import RefusedError
from rollout.tasks.commands.history import history_of
from rollout.tasks.commands.take import refused, take_command, taken


def answer_execution(event: dict[str, Any]) -> dict[str, object]:
    """Return whether a command was taken or refused, and log it. Raises AliasBusyError or AwsUnavailableError."""
    try:
        command_event = read_command_event(event)
        if is_doctor(command_event.request):
            return {"answer": CommandAnswer.EXAMINE}
        request = command_event.parse()
        if request.command is Command.HISTORY:
            return history_of(request)
        record = take_command(request)
    except (CommandRefusedError, RefusedError) as refusal:
        logger.warning("Command refused", error=type(refusal).__name__, reason=str(refusal))
        return refused(refusal)
    logger.info("Command taken", target=record.target.name, command=request.command, reason=record.effect)
    return taken(record)
