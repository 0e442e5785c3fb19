"""Answers an execution of the command state machine."""

from typing import Any

from rollout.admission.command import CommandEvent, read_command_event
from rollout.admission.examination import is_doctor
from rollout.admission.releases.command import names_release, read_release_command
from rollout.aws.powertools import logger
from rollout.domain.command_errors import CommandRefusedError
from rollout.domain.enums import Command, CommandAnswer
from rollout.domain.errors import RefusedError
from rollout.state.commands.source import source_of
from rollout.tasks.commands.history import history_of
from rollout.tasks.commands.take import refused, take_command, taken
from rollout.tasks.releases.command import answer_release_command


def answer_execution(event: dict[str, Any]) -> dict[str, object]:
    """Return whether a command was taken or refused, and log it. Raises AliasBusyError or AwsUnavailableError."""
    try:
        received = read_command_event(event)
        if is_doctor(received.request):
            return {"answer": CommandAnswer.EXAMINE}
        if names_release(received.request):
            return _answer_for_release(received)
        request = received.parse()
        if request.command is Command.HISTORY:
            return history_of(request, source_of(received.execution).at)
        record = take_command(request)
    except (CommandRefusedError, RefusedError) as refusal:
        logger.warning("Command refused", error=type(refusal).__name__, reason=str(refusal))
        return refused(refusal)
    logger.info("Command taken", target=record.target.name, command=request.command, reason=record.effect)
    return taken(record)


def _answer_for_release(received: CommandEvent) -> dict[str, object]:
    command, source = read_release_command(received.request), source_of(received.execution)
    answer = answer_release_command(command, source, source.at)
    logger.info("Command taken", release=command.release, command=command.command, reason=answer["reason"])
    return answer
