"""PromoteVersion: the alias serves the canary alone, and the bake begins."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.aws.settings import timing
from rollout.lifecycle.transitions import begin_bake
from rollout.state.rollout import read_rollout
from rollout.tasks.alias.write_alias import write_alias


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "the rollout is rolled back"):
        rollout = read_rollout(document)
        alias = write_alias(rollout, rollout.canary_version, {})
        promoted = begin_bake(rollout, alias.revision_id, datetime.now(UTC), timing())
        logger.info("Version promoted", target=promoted.target.name, version=promoted.canary_version)
        return promoted.document()
