"""JudgeCanary: measures both versions, judges the canary, and decides the next move."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.aws.settings import timing
from rollout.judging.judge import judge
from rollout.lifecycle.decide import decide
from rollout.lifecycle.opt_in import apply_opt_in_check, with_missing_tag
from rollout.lifecycle.orders import with_ignored
from rollout.lifecycle.ownership import apply_ownership_check
from rollout.state.rollout import read_rollout
from rollout.tasks.observe import observe_rollout
from rollout.tasks.ownership import find_missing_tag, ownership_of
from rollout.tasks.record_decision import record_decision


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "the rollout is rolled back"):
        rollout, observation = observe_rollout(read_rollout(document), now := datetime.now(UTC))
        missing_tag, ownership = find_missing_tag(rollout), ownership_of(rollout)
        rollout, orders = with_ignored(rollout, ownership.orders), ownership.orders
        judgement = with_missing_tag(judge(observation, rollout.policy), missing_tag)
        decided = decide(rollout, judgement, now, timing(), newer_version=ownership.newer_version, orders=orders)
        decided = apply_opt_in_check(apply_ownership_check(decided, ownership), missing_tag)
        decided = record_decision(decided, ownership.lock, now)
        logger.info("Canary judged", target=decided.target.name, next_move=decided.next_move, reason=decided.reason)
        return decided.document()
