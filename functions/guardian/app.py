"""Guardian: makes whole the aliases of rollouts that run no longer, and finds the versions nobody rolled out."""

from datetime import UTC, datetime
from typing import Any

from rollout.aws.powertools import LambdaContext, MetricUnit, logger, metrics, tracer
from rollout.aws.settings import home
from rollout.aws.wiring import opted_in
from rollout.lifecycle.guardian_event import Watch
from rollout.tasks.recover import mend
from rollout.tasks.sweep import start_missed


@logger.inject_lambda_context
@tracer.capture_lambda_handler
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    now, watch = datetime.now(UTC), Watch.model_validate(event)
    mended = [one.document() for one in mend(now, watch.execution_arn)]
    started = [*start_missed(opted_in(watch.member or home()), now)] if watch.for_versions else []
    metrics.add_metric("AliasesMended", MetricUnit.Count, len(mended))
    metrics.add_metric("MissedVersionsFound", MetricUnit.Count, len(started))
    logger.info("Aliases watched", mended=mended, started=started)
    return {"mended": mended, "started": started}
