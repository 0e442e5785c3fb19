"""TakeCommand: lets a live rollout obey an operator's command, or says why it does not."""

from typing import Any

from rollout.admission.command import read_command_event
from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.domain.command_errors import CommandRefusedError
from rollout.domain.enums import Command
from rollout.domain.errors import RefusedError
from rollout.tasks.commands.history import history_of
from rollout.tasks.commands.take import refused, take_command, taken


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "the command may have been taken"):
        try:
            request = read_command_event(event).parse()
            if request.command is Command.HISTORY:
                return history_of(request)
            record = take_command(request)
        except (CommandRefusedError, RefusedError) as refusal:
            logger.warning("Command refused", error=type(refusal).__name__, reason=str(refusal))
            return refused(refusal)
        logger.info("Command taken", target=record.target.name, command=request.command, reason=record.effect)
        return taken(record)
