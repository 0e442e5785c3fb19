"""PrepareRollout: accept, skip or reject a request, before anything is touched."""

from rollout.accept import accept, alias_mark
from rollout.aws.frame import LambdaContext, event_parser, logger, tracer
from rollout.aws.settings import default_policy
from rollout.aws.wiring import alarms, alias_of, ledger, lookup
from rollout.endings import rejected
from rollout.errors import RefusedError
from rollout.request import Preparation
from rollout.words import Start


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@event_parser(model=Preparation)
def handler(asked: Preparation, context: LambdaContext) -> dict[str, object]:
    try:
        request = asked.read(default_policy())
        found = lookup(request.function).facts(request, asked.execution)
        watched = alarms().colours(request.policy.guards.alarms)
        rollout = accept(request, found.model_copy(update={"alarms": watched}), asked.execution)
    except RefusedError as refusal:
        logger.warning("Request refused", error=type(refusal).__name__, reason=str(refusal))
        return {"start": Start.REJECT} | rejected(refusal).model_dump(mode="json")
    if rollout.start is Start.BEGIN:
        ledger().open(rollout)
    else:
        alias_of(rollout.target).create(rollout.canary_version, alias_mark(asked.execution))
    logger.info("Request accepted", target=rollout.target.name, start=rollout.start, reason=rollout.reason)
    return rollout.document()
