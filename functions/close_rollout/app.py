"""CloseRollout: the ledger is closed and people are told; the ending is no longer in question."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, MetricUnit, logger, metrics
from rollout.aws.wiring import ledger, locks
from rollout.lifecycle.rollback import Closing
from rollout.tasks.close import final_ending
from rollout.tasks.notify import publish_ending


@logger.inject_lambda_context
@metrics.log_metrics
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    closing = Closing.model_validate(document)
    now = datetime.now(UTC)
    ending = final_ending(closing, now)
    ledger().close(closing.target, closing.execution, ending, now)
    if ending.leaves_alias_unsplit:
        locks().release(closing.target, closing.execution)
    publish_ending(closing, ending, now)
    metrics.add_dimension("outcome", ending.outcome)
    metrics.add_metric("RolloutsEnded", MetricUnit.Count, 1)
    logger.info("Rollout closed", target=closing.target.name, outcome=ending.outcome, reason=ending.cause)
    return document | {"ending": ending.model_dump(mode="json")}
