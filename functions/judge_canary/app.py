"""JudgeCanary: measures both versions, judges the canary, and decides the next move."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, internal_errors, logger
from rollout.state.rollout import read_rollout
from rollout.tasks.evaluation.evaluate import evaluate_rollout
from rollout.tasks.evaluation.observe import observe_rollout
from rollout.tasks.record_decision import record_decision


@logger.inject_lambda_context
def handler(document: dict[str, Any], context: LambdaContext) -> dict[str, object]:
    with internal_errors(context, "the rollout is rolled back"):
        rollout, observation = observe_rollout(read_rollout(document), now := datetime.now(UTC))
        evaluated = evaluate_rollout(rollout, observation, now)
        decided = record_decision(evaluated.rollout, evaluated.lock, now, evaluated.release)
        logger.info("Canary judged", target=decided.target.name, next_move=decided.next_move, reason=decided.reason)
        return decided.document()
