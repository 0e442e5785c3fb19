"""Guardian: repairs the aliases of rollouts whose execution has ended, and starts the rollouts of missed versions."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.lambda_.tagged_functions import tagged_functions
from rollout.aws.powertools import LambdaContext, MetricUnit, logger, metrics
from rollout.aws.settings import home
from rollout.lifecycle.guardian_event import GuardianEvent
from rollout.tasks.recover import repair
from rollout.tasks.sweep import start_missed_versions


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    now, trigger = datetime.now(UTC), GuardianEvent.model_validate(event)
    repaired = [*repair(now, trigger.execution_arn)]
    started: list[str] = []
    if trigger.sweeps_versions:
        started += start_missed_versions(tagged_functions(trigger.member_account or home()), now)
    metrics.add_metric("AliasesRepaired", MetricUnit.Count, sum(result.ending is not None for result in repaired))
    metrics.add_metric("MissedVersionsFound", MetricUnit.Count, len(started))
    documents = [result.document() for result in repaired]
    logger.info("Guardian finished", repaired=documents, started=started)
    return {"repaired": documents, "started": started}
