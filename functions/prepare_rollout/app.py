"""PrepareRollout: accepts, queues, skips or rejects a request before anything is touched."""

from datetime import UTC, datetime
from typing import Any

from rollout.admission.read_request import read_preparation
from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.domain.errors import RefusedError
from rollout.tasks.dry_run import answer_dry_run
from rollout.tasks.prepare import accept_request, register, reject, throttling_named


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "nothing was touched"), throttling_named():
        now = datetime.now(UTC)
        preparation = read_preparation(event)
        try:
            if preparation.is_dry_run:
                return answer_dry_run(preparation, now)
            accepted = accept_request(preparation, now)
        except RefusedError as refusal:
            return reject(preparation, refusal, now)
        rollout = register(accepted, preparation.request, now)
        logger.info("Request accepted", target=rollout.target.name, start=rollout.start, reason=rollout.reason)
        return rollout.document()
