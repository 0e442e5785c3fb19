"""Looks up what a dry run has to know; nothing is written, and nobody is told."""

from datetime import datetime

from rollout.admission.accept import accept
from rollout.admission.facts import FunctionFacts
from rollout.admission.refusal_list import combine_refusals
from rollout.admission.request import Preparation, RolloutRequest
from rollout.aws.cloudwatch.metrics import count_metrics
from rollout.aws.powertools import logger
from rollout.aws.settings import timing
from rollout.aws.wiring import version_metrics
from rollout.domain.enums import Phase
from rollout.domain.identity import Execution
from rollout.dry_run.assessment import Assessment
from rollout.dry_run.plan import DryRun, dry_run
from rollout.dry_run.traffic import Traffic, traffic
from rollout.state.rollout import Rollout
from rollout.tasks.look_up import LookupResult, look_up


def answer_dry_run(asked: Preparation, now: datetime) -> dict[str, object]:
    """Return what a request would come to.

    Raises a RefusedError where it names no function that can be read, and AwsUnavailableError or
    MetricsIncompleteError where AWS gave no whole answer.
    """
    met = look_up(asked, now)
    if met.request is None:
        raise combine_refusals(met.refusals)
    answer = _dry_run(met, met.request, asked.execution, now)
    logger.info("Dry run answered", start=answer.plan.start, reason=answer.reason)
    return answer.document()


def _dry_run(met: LookupResult, request: RolloutRequest, execution: Execution, now: datetime) -> DryRun:
    found = met.found
    assessment = Assessment(
        request=request,
        found=found,
        refusals=met.refusals,
        rollout=accept(request, _ready(found), execution) if found and not met.refusals else None,
        traffic=_traffic(found, now) if found else None,
        metrics_per_evaluation=_metrics_per_evaluation(request, found, execution),
    )
    return dry_run(assessment, timing())


def _ready(found: FunctionFacts) -> FunctionFacts:
    """Return what a rollout would meet once its version is Active."""
    if found.canary is None or found.canary.state != "Pending":
        return found
    return found.model_copy(update={"canary": found.canary.model_copy(update={"state": "Active"})})


def _traffic(found: FunctionFacts, now: datetime) -> Traffic | None:
    calls, until = version_metrics(found.target.account_region).calls(found.target, now)
    return traffic(calls, until, timing())


def _metrics_per_evaluation(
    request: RolloutRequest, found: FunctionFacts | None, execution: Execution
) -> tuple[int, int]:
    """Return how many metrics a look asks for in a step, and in the bake: their names alone tell."""
    looked_at = Rollout(
        execution=execution,
        target=request.target(None),
        stable_version="stable",
        canary_version="canary",
        policy=request.policy,
        revision_id="",
        p99_before=found.p99_ms if found else None,
    )
    return count_metrics(looked_at), count_metrics(looked_at.model_copy(update={"phase": Phase.BAKE}))
