"""Guardian: repairs aliases of ended executions, names who moved, commanded and started, and starts missed versions."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, MetricUnit, internal_errors, logger, metrics
from rollout.aws.settings import home
from rollout.lifecycle.guardian.event import read_guardian_event
from rollout.tasks.guardian.callers import name_callers
from rollout.tasks.guardian.recover import repair
from rollout.tasks.guardian.sweep import start_missed_versions
from rollout.tasks.guardian.target_sweep import TargetSweep


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    with internal_errors(context, "the next sweep tries again"):
        now, trigger = datetime.now(UTC), read_guardian_event(event)
        sweep = TargetSweep(context.get_remaining_time_in_millis)
        repaired = [result.document() for result in repair(sweep, now, trigger.execution_arn)]
        named = [*name_callers(sweep, now)] if trigger.sweeps_aliases else []
        swept = trigger.member_account or home()
        started = [*start_missed_versions(sweep, swept, now)] if trigger.sweeps_versions else []
        metrics.add_metric("AliasesRepaired", MetricUnit.Count, len(repaired))
        metrics.add_metric("MissedVersionsFound", MetricUnit.Count, len(started))
        answer: dict[str, Any] = {"repaired": repaired, "named": named, "started": started} | sweep.report()
        logger.info("Guardian finished", **answer)
        return answer
