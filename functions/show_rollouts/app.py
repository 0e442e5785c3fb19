"""ShowRollouts: the dashboard's widget. It shows the rollouts of the ledger, or says why it cannot."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.domain.errors import RolloutError
from rollout.tasks.dashboard.show import answer_problem, show_rollouts


@logger.inject_lambda_context
def handler(event: Any, context: LambdaContext) -> str | dict[str, str]:  # noqa: ANN401 - any JSON
    arn = context.invoked_function_arn
    try:
        with internal_errors(context, "no rollout is affected"):
            return show_rollouts(event, arn, datetime.now(UTC))
    except RolloutError as error:
        logger.warning("Rollouts not shown", error=type(error).__name__, reason=str(error))
        return answer_problem(error, event, arn)
