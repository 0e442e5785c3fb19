"""JudgeRelease: moves the status of a release by how far its functions have come."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.tasks.releases.judge import ReleaseDocument, judge


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with internal_errors(context, "the release fails, and its parts roll back"):
        judged = judge(ReleaseDocument.model_validate(document), datetime.now(UTC))
        logger.info("Release judged", release=judged["release"], status=judged["status"], reason=judged["reason"])
        return judged
