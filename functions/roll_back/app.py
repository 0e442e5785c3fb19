"""RollBack: the alias serves stable alone, unless another writer moved it."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.lifecycle.rollback import read_context
from rollout.tasks.roll_back import roll_back


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with internal_errors(context, "the state machine tries again, then restores the alias itself"):
        rollback = read_context(document)
        ending = roll_back(rollback, datetime.now(UTC))
        logger.warning("Rollback finished", target=rollback.target.name, outcome=ending.outcome, reason=ending.cause)
        return document | {"ending": ending.model_dump(mode="json")}
