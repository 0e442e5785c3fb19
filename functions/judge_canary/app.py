"""JudgeCanary: measure, judge, decide the next move."""

from datetime import UTC, datetime

from rollout.aws.powertools import LambdaContext, event_parser, logger, tracer
from rollout.aws.settings import timing
from rollout.aws.wiring import alarms, ledger, version_metrics
from rollout.judging.alarms import still_red
from rollout.judging.judge import judge
from rollout.judging.observation import observed
from rollout.judging.window import look_window
from rollout.lifecycle.decide import decide
from rollout.lifecycle.ownership import heed
from rollout.state.rollout import Rollout
from rollout.tasks.ownership import standing_of


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@event_parser(model=Rollout)
def handler(rollout: Rollout, context: LambdaContext) -> dict[str, object]:
    now, clock, place = datetime.now(UTC), timing(), rollout.target.place
    window = look_window(rollout.shared_since, rollout.judged_since, now, clock)
    watched = alarms(place).colours([*rollout.policy.alarms])
    rollout = rollout.model_copy(update={"red_before": still_red(rollout.red_before, watched)})
    measured = version_metrics(place).measure(rollout, window)
    judgement = judge(observed(rollout, measured, window, clock, watched), rollout.policy)
    decided = heed(decide(rollout, judgement, now, clock), standing_of(rollout))
    ledger().record_look(decided, now)
    logger.info("Canary judged", target=decided.target.name, next_move=decided.next_move, reason=decided.reason)
    return decided.document()
