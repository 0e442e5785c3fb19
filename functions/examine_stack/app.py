"""ExamineStack: finds whether the stack can do its work, and what to do where it cannot. It writes nothing."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.tasks.examine_stack import examine_stack


@logger.inject_lambda_context
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with internal_errors(context, "nothing was changed"):
        answer = examine_stack(datetime.now(UTC))
        logger.info("Stack examined", summary=answer["reason"], findings=answer["findings"])
        return answer
