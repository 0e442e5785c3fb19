"""PrepareRollout: accept, skip or reject a request, before anything is touched."""

from datetime import UTC, datetime
from typing import Any

from rollout.admission.request import Preparation
from rollout.aws.powertools import LambdaContext, logger
from rollout.domain.enums import Start
from rollout.domain.errors import RefusedError
from rollout.state.endings import rejected
from rollout.tasks.dry_run import answer_dry_run
from rollout.tasks.notify import publish_rejection
from rollout.tasks.prepare import accepted, enter


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    now = datetime.now(UTC)
    asked = Preparation.model_validate(event)
    try:
        if asked.is_dry_run:
            return answer_dry_run(asked, now)
        rollout = accepted(asked, now)
    except RefusedError as refusal:
        logger.warning("Request refused", error=type(refusal).__name__, reason=str(refusal))
        publish_rejection(asked, rejected(refusal), now)
        return {"start": Start.REJECT} | rejected(refusal).model_dump(mode="json")
    entered = enter(rollout, now)
    logger.info("Request accepted", target=entered.target.name, start=entered.start, reason=entered.reason)
    return entered.document()
