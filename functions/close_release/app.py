"""CloseRelease: reports how a release ended, with the reason of every part."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.tasks.releases.close import close
from rollout.tasks.releases.judge import ReleaseDocument


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with internal_errors(context, "the guardian closes the release"):
        closed = close(ReleaseDocument.model_validate(document), document.get("failure"), datetime.now(UTC))
        logger.info("Release closed", release=closed["release"], **closed["ending"])
        return closed
