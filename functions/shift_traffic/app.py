"""ShiftTraffic: give the canary its next share."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, logger
from rollout.aws.settings import timing
from rollout.aws.wiring import alias_of, locks
from rollout.lifecycle.transitions import begin_step, next_step
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.rollout import Rollout
from rollout.tasks.notify import publish_shift


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    rollout = Rollout.model_validate(document)
    ahead = next_step(rollout)
    locks().announce(
        lock_of(ahead, PlannedWrite(version=ahead.stable_version, shares={ahead.canary_version: ahead.percent}))
    )
    alias = alias_of(ahead.target).split(ahead.stable_version, ahead.canary_version, ahead.percent, ahead.revision_id)
    now = datetime.now(UTC)
    shifted = begin_step(ahead, alias.revision_id, now, timing())
    publish_shift(shifted, now)
    logger.info("Traffic shifted", target=shifted.target.name, percent=shifted.percent, step=shifted.step)
    return shifted.document()
