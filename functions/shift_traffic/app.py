"""ShiftTraffic: give the canary its next share."""

from datetime import UTC, datetime

from rollout.aws.powertools import LambdaContext, event_parser, logger, tracer
from rollout.aws.settings import timing
from rollout.aws.wiring import alias_of, claims
from rollout.lifecycle.transitions import next_step, step_begun
from rollout.state.lock import Intent, claim_of
from rollout.state.rollout import Rollout
from rollout.tasks.notify import tell_shift


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@event_parser(model=Rollout)
def handler(rollout: Rollout, context: LambdaContext) -> dict[str, object]:
    ahead = next_step(rollout)
    claims().announce(
        claim_of(ahead, Intent(version=ahead.stable_version, shares={ahead.canary_version: ahead.percent}))
    )
    alias = alias_of(ahead.target).split(ahead.stable_version, ahead.canary_version, ahead.percent, ahead.revision_id)
    now = datetime.now(UTC)
    shifted = step_begun(ahead, alias.revision_id, now, timing())
    tell_shift(shifted, now)
    logger.info("Traffic shifted", target=shifted.target.name, percent=shifted.percent, step=shifted.step)
    return shifted.document()
