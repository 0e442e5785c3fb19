"""Guardian: makes whole the aliases of rollouts that run no longer, and finds the versions nobody rolled out."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, MetricUnit, logger, metrics
from rollout.aws.settings import home
from rollout.aws.wiring import tagged_functions
from rollout.lifecycle.guardian_event import GuardianEvent
from rollout.tasks.recover import repair
from rollout.tasks.sweep import start_missed


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    now, watch = datetime.now(UTC), GuardianEvent.model_validate(event)
    repaired = [one.document() for one in repair(now, watch.execution_arn)]
    started = [*start_missed(tagged_functions(watch.member or home()), now)] if watch.for_versions else []
    metrics.add_metric("AliasesRepaired", MetricUnit.Count, len(repaired))
    metrics.add_metric("MissedVersionsFound", MetricUnit.Count, len(started))
    logger.info("Aliases watched", repaired=repaired, started=started)
    return {"repaired": repaired, "started": started}
