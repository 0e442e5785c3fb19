"""RollBack: the alias points at stable alone, unless somebody else has moved it."""

from typing import Any

from rollout.aws.powertools import LambdaContext, logger, tracer
from rollout.lifecycle.rollback import WayBack
from rollout.tasks.roll_back import take_back


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    way = WayBack.model_validate(document)
    ending = take_back(way)
    logger.warning("Rolled back", target=way.target.name, outcome=ending.outcome, reason=ending.cause)
    return document | {"ending": ending.model_dump(mode="json")}
