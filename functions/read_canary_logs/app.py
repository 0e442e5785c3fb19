"""ReadCanaryLogs: finds in the log what the canary logs and stable does not, once the alias is restored."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.log_findings.reading import read_log_reading
from rollout.tasks.read_canary_logs import canary_logs


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with internal_errors(context, "the rollback is unchanged, and is reported without the canary's log"):
        reading = read_log_reading(document)
        logs = canary_logs(reading, datetime.now(UTC))
        if logs is None:
            return document
        logger.info("Canary's log read", target=reading.target.name, result=logs.sentence, findings=len(logs.findings))
        return document | {"canary_logs": logs.model_dump(mode="json")}
