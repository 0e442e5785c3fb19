"""PrepareRelease: looks up every part of a release before anything is touched."""

from datetime import UTC, datetime
from typing import Any

from rollout.admission.releases.read_release import ReleasePreparation
from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.tasks.releases.prepare import prepare_release


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "nothing was touched"):
        document = prepare_release(ReleasePreparation.model_validate(event), datetime.now(UTC))
        logger.info("Release prepared", release=document.get("release"), start=document["start"])
        return document
