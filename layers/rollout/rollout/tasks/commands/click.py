"""Answers a button of the dashboard with a page. No state machine repeats the task, so each failure has a page too."""

from datetime import datetime
from typing import Any

from rollout.admission.button import is_description, read_click
from rollout.aws import settings
from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.dashboard.answer import DESCRIPTION, Answered, ButtonAnswer
from rollout.dashboard.event import read_screen
from rollout.dashboard.html.answer_page import answer_page
from rollout.domain.command_errors import CommandRefusedError
from rollout.domain.errors import RefusedError, RolloutError
from rollout.state.commands.source import CommandSource
from rollout.tasks.commands.take import take_command


def answer_click(event: Any, context: LambdaContext, now: datetime) -> str:  # noqa: ANN401 - any JSON value
    """Return the page that answers a button, or the description of the function, and log what became of the command."""
    if is_description(event):
        return DESCRIPTION
    try:
        with internal_errors(context, "the command may have been taken"):
            answer = _taken(event, _source(context, now))
    except RolloutError as error:
        answer = _not_taken(error)
    return answer_page(answer, read_screen(event))


def _source(context: LambdaContext, now: datetime) -> CommandSource:
    """Return the Lambda request as the source of a command; two clicks are two requests."""
    request = context.aws_request_id
    return CommandSource(id=request, name=request, at=now, account_region=settings.home())


def _taken(event: object, source: CommandSource) -> ButtonAnswer:
    record = take_command(read_click(event, source))
    command = record.command
    logger.info("Command taken", target=record.target.name, command=command.command, reason=record.effect)
    return ButtonAnswer(answered=Answered.TAKEN, sentence=record.effect, stated_giver=command.stated_giver)


def _not_taken(error: RolloutError) -> ButtonAnswer:
    is_refused = isinstance(error, CommandRefusedError | RefusedError)
    message = "Command refused" if is_refused else "Command not known to be taken"
    logger.warning(message, error=type(error).__name__, reason=str(error))
    return ButtonAnswer(answered=Answered.REFUSED if is_refused else Answered.UNKNOWN, sentence=str(error))
