"""PrepareRollout: accept, skip or reject a request, before anything is touched."""

from datetime import UTC, datetime

from rollout.admission.request import Preparation
from rollout.aws.powertools import LambdaContext, event_parser, logger, tracer
from rollout.domain.enums import Start
from rollout.domain.errors import RefusedError
from rollout.state.endings import rejected
from rollout.tasks.dry_run import rehearsed
from rollout.tasks.notify import tell_refusal
from rollout.tasks.prepare import accepted, enter


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@event_parser(model=Preparation)
def handler(asked: Preparation, context: LambdaContext) -> dict[str, object]:
    now = datetime.now(UTC)
    try:
        if asked.is_dry_run:
            return rehearsed(asked, now)
        rollout = accepted(asked, now)
    except RefusedError as refusal:
        logger.warning("Request refused", error=type(refusal).__name__, reason=str(refusal))
        tell_refusal(asked, rejected(refusal), now)
        return {"start": Start.REJECT} | rejected(refusal).model_dump(mode="json")
    entered = enter(rollout, now)
    logger.info("Request accepted", target=entered.target.name, start=entered.start, reason=entered.reason)
    return entered.document()
