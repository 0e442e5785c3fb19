"""Guardian: repairs the aliases of rollouts whose execution has ended, and starts the rollouts of missed versions."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, MetricUnit, internal_errors, logger, metrics
from rollout.aws.settings import home
from rollout.lifecycle.guardian_event import read_guardian_event
from rollout.tasks.recover import repair
from rollout.tasks.sweep import start_missed_versions
from rollout.tasks.target_sweep import TargetSweep


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with internal_errors(context, "the next sweep tries again"):
        now, trigger = datetime.now(UTC), read_guardian_event(event)
        sweep = TargetSweep(context.get_remaining_time_in_millis)
        repaired = [result.document() for result in repair(sweep, now, trigger.execution_arn)]
        swept = trigger.member_account or home()
        started = [*start_missed_versions(sweep, swept, now)] if trigger.sweeps_versions else []
        metrics.add_metric("AliasesRepaired", MetricUnit.Count, len(repaired))
        metrics.add_metric("MissedVersionsFound", MetricUnit.Count, len(started))
        metrics.add_metric("TargetsFailed", MetricUnit.Count, len(sweep.failed))
        metrics.add_metric("TargetsNotReached", MetricUnit.Count, len(sweep.not_reached))
        answer: dict[str, Any] = {"repaired": repaired, "started": started} | sweep.document()
        logger.info("Guardian finished", **answer)
        return answer
