"""JudgeCanary: measure, judge, decide the next move."""

from datetime import UTC, datetime

from rollout.aws.frame import LambdaContext, event_parser, logger, tracer
from rollout.aws.settings import timing
from rollout.aws.wiring import alias_of, ledger, version_metrics
from rollout.decide import decide, leave_if_moved
from rollout.judge import judge, observed
from rollout.models import Rollout
from rollout.window import look_window


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@event_parser(model=Rollout)
def handler(rollout: Rollout, context: LambdaContext) -> dict[str, object]:
    now, clock = datetime.now(UTC), timing()
    window = look_window(rollout.judged_since, now, clock)
    measured = version_metrics().measure(rollout, window)
    judgement = judge(observed(rollout, measured, window, clock), rollout.policy)
    decided = leave_if_moved(decide(rollout, judgement, now, clock), alias_of(rollout.target).find())
    ledger().record_look(decided, now)
    logger.info("Canary judged", target=decided.target.name, next_move=decided.next_move, reason=decided.reason)
    return decided.document()
