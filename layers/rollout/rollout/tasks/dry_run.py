"""Answers a dry run: looks up the facts and returns the plan. Nothing is written or published."""

from datetime import datetime

from rollout.admission.accept import accept
from rollout.admission.facts import FunctionFacts
from rollout.admission.read_request import Preparation
from rollout.admission.refusals.combine import combine_refusals
from rollout.admission.request import RolloutRequest
from rollout.auto.forecast import Forecast, forecast
from rollout.aws.cloudwatch.metrics import count_metrics, version_metrics
from rollout.aws.lambda_.callers import alias_callers
from rollout.aws.powertools import logger
from rollout.aws.settings import reads_canary_logs, timing
from rollout.domain.enums import Phase, Start
from rollout.domain.identity import Execution
from rollout.dry_run.assessment import Assessment
from rollout.dry_run.plan import DryRun, dry_run
from rollout.dry_run.traffic import Traffic, recent_traffic
from rollout.judging.window import history_window
from rollout.state.rollout import Rollout
from rollout.tasks.look_up import LookupResult, look_up


def answer_dry_run(preparation: Preparation, now: datetime) -> dict[str, object]:
    """Return the document of a dry run.

    Raises a RefusedError where the request names no valid function, and AwsUnavailableError or MetricsIncompleteError
    where AWS returns no complete answer.
    """
    result = look_up(preparation, now)
    if result.request is None:
        raise combine_refusals(result.refusals)
    answer = _dry_run(result, result.request, preparation.execution, now)
    logger.info("Dry run answered", start=answer.plan.start, reason=answer.reason)
    return answer.document()


def _dry_run(result: LookupResult, request: RolloutRequest, execution: Execution, now: datetime) -> DryRun:
    facts = _with_callers(result.facts)
    rollout = accept(request, _with_active_canary(facts), execution) if facts and not result.refusals else None
    traffic = _traffic(facts, now) if facts else None
    assessment = Assessment(
        request=request,
        facts=facts,
        refusals=result.refusals,
        rollout=rollout,
        traffic=traffic,
        metrics_per_evaluation=_metrics_per_evaluation(request, facts, execution),
        reads_canary_logs=reads_canary_logs(),
        log_bytes_per_second=_log_bytes_per_second(request, facts, now) if facts else None,
        forecast=_forecast(rollout, traffic, now) if rollout else None,
    )
    return dry_run(assessment, timing())


def _with_callers(facts: FunctionFacts | None) -> FunctionFacts | None:
    if facts is None or facts.alias is None:
        return facts
    return facts.model_copy(update={"callers": alias_callers(facts.target).read()})


def _with_active_canary(facts: FunctionFacts) -> FunctionFacts:
    """Return the facts as they are once a Pending canary is Active: a dry run does not wait for it."""
    if facts.canary is None or facts.canary.state != "Pending":
        return facts
    return facts.model_copy(update={"canary": facts.canary.model_copy(update={"state": "Active"})})


def _traffic(facts: FunctionFacts, now: datetime) -> Traffic | None:
    calls, until = version_metrics(facts.target.account_region).calls(facts.target, now)
    return recent_traffic(calls, until, timing())


def _forecast(rollout: Rollout, traffic: Traffic | None, now: datetime) -> Forecast | None:
    """Return the evidence limit of a rollout with steps, and what it would find; None for any other."""
    if rollout.start not in (Start.BEGIN, Start.QUEUE) or not rollout.policy.steps:
        return None
    measured = version_metrics(rollout.target.account_region).measure(rollout, history_window(now, timing()))
    return forecast(rollout, measured, traffic.expected(timing().period_seconds) if traffic else None, timing())


def _log_bytes_per_second(request: RolloutRequest, facts: FunctionFacts, now: datetime) -> float | None:
    versions = (facts.canary, facts.stable)
    groups = [*dict.fromkeys(version.log_group for version in versions if version and version.log_group)]
    if not groups or (request.policy.log_metric is None and not reads_canary_logs()):
        return None
    return version_metrics(facts.target.account_region).log_bytes_per_second(groups, now)


def _metrics_per_evaluation(
    request: RolloutRequest, facts: FunctionFacts | None, execution: Execution
) -> tuple[int, int]:
    """Return how many CloudWatch metrics an evaluation requests in a step, and in the bake; only names matter."""
    rollout = Rollout(
        execution=execution,
        target=request.target(None),
        stable_version="stable",
        canary_version="canary",
        policy=request.policy,
        revision_id="",
        p99_before=facts.p99_ms if facts else None,
    )
    return count_metrics(rollout), count_metrics(rollout.model_copy(update={"phase": Phase.BAKE}))
