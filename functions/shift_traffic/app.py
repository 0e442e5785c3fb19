"""ShiftTraffic: gives the canary the share of the next step."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.aws.settings import timing
from rollout.lifecycle.transitions import begin_step, next_step
from rollout.state.rollout import read_rollout
from rollout.tasks.alias.write_alias import write_alias
from rollout.tasks.notify import publish_shift


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "the rollout is rolled back"):
        before = read_rollout(document)
        rollout = next_step(before)
        alias = write_alias(before, rollout.stable_version, {rollout.canary_version: rollout.percent})
        now = datetime.now(UTC)
        shifted = begin_step(rollout, alias.revision_id, now, timing())
        publish_shift(shifted, now)
        logger.info("Traffic shifted", target=shifted.target.name, percent=shifted.percent, step=shifted.step)
        return shifted.document()
