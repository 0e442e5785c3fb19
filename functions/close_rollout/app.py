"""CloseRollout: records the ending in the ledger, releases the lock, and publishes the ending."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.aws.settings import reads_canary_logs
from rollout.lifecycle.rollback import read_closing
from rollout.log_findings.reading import with_reported_logs
from rollout.tasks.close import final_ending, record_ending, release_lock
from rollout.tasks.notify import publish_ending


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with internal_errors(context, "the ending of the rollout is unchanged"):
        closing = with_reported_logs(read_closing(document), is_on=reads_canary_logs())
        now = datetime.now(UTC)
        ending = final_ending(closing, now)
        record_ending(closing, ending, now)
        if ending.leaves_alias_unsplit:
            release_lock(closing)
        publish_ending(closing, ending, now)
        logger.info("Rollout closed", target=closing.target.name, outcome=ending.outcome, reason=ending.cause)
        return document | {"ending": ending.model_dump(mode="json")}
