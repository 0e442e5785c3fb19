"""PromoteVersion: the alias points at the canary alone; then comes the bake."""

from datetime import UTC, datetime

from rollout.aws.powertools import LambdaContext, event_parser, logger, tracer
from rollout.aws.settings import timing
from rollout.aws.wiring import alias_of, claims
from rollout.lifecycle.transitions import bake_begun
from rollout.state.lock import Intent, claim_of
from rollout.state.rollout import Rollout


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@event_parser(model=Rollout)
def handler(rollout: Rollout, context: LambdaContext) -> dict[str, object]:
    claims().announce(claim_of(rollout, Intent(version=rollout.canary_version)))
    alias = alias_of(rollout.target).point_at(rollout.canary_version, rollout.revision_id)
    promoted = bake_begun(rollout, alias.revision_id, datetime.now(UTC), timing())
    logger.info("Version promoted", target=promoted.target.name, version=promoted.canary_version)
    return promoted.document()
