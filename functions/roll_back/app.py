"""RollBack: the alias points at stable alone, unless somebody else has moved it."""

from typing import Any

from rollout.aws.frame import LambdaContext, logger, tracer
from rollout.aws.wiring import alias_of
from rollout.restore import WayBack, must_write, taken_back


@logger.inject_lambda_context
@tracer.capture_lambda_handler
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    way = WayBack.model_validate(document)
    alias = alias_of(way.target)
    found = alias.find()
    if found and must_write(found, way):
        alias.point_at(way.stable_version, found.revision_id)
    ending = taken_back(found, way)
    logger.warning("Rolled back", target=way.target.name, outcome=ending.outcome, reason=ending.cause)
    return document | {"ending": ending.model_dump(mode="json")}
