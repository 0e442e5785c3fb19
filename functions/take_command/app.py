"""TakeCommand: lets a live rollout obey an operator's command, or says why it does not."""

from datetime import UTC, datetime
from typing import Any

from rollout.admission.button import is_button
from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.tasks.commands.click import answer_click
from rollout.tasks.commands.execution import answer_execution


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object] | str:
    if is_button(event, context.invoked_function_arn):
        return answer_click(event, context, datetime.now(UTC))
    with internal_errors(context, "the command may have been taken"):
        return answer_execution(event)
