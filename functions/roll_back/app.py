"""RollBack: the alias points at stable alone, unless somebody else has moved it."""

from typing import Any

from rollout.aws.powertools import LambdaContext, logger
from rollout.lifecycle.rollback import RollbackContext
from rollout.tasks.roll_back import roll_back


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    way = RollbackContext.model_validate(document)
    ending = roll_back(way)
    logger.warning("Rolled back", target=way.target.name, outcome=ending.outcome, reason=ending.cause)
    return document | {"ending": ending.model_dump(mode="json")}
