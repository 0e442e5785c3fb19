"""The plan of a rollout, shown before anything is touched."""

from typing import Any, Literal

from rollout.auto.forecast import Fault
from rollout.auto.plan import Sighting
from rollout.domain.durations import format_duration
from rollout.domain.enums import Start
from rollout.domain.identity import Target
from rollout.domain.models import Value
from rollout.dry_run.assessment import Assessment, expected_outcome, plan_warnings
from rollout.dry_run.cost import CanaryLogsCost, Cost, canary_logs_cost, cost, log_usage, usage
from rollout.dry_run.schedule import UNKNOWN, OmitNone, PlannedStep, planned_steps
from rollout.judging.window import Timing
from rollout.policy.policy import Policy


class Refusal(Value):
    """One reason why the request would be refused."""

    error: str
    sentence: str


class Auto(Value):
    """What `steps: Auto` chose and why, and the faults that the plan would catch before its end."""

    sentence: str
    catches: tuple[Sighting, ...]


class Evidence(OmitNone):
    """The evidence that rolls the canary back, and which faults would reach it."""

    limit: float
    raised_from: float | None = None
    """The limit of the policy, if this function needs a higher one."""
    reason: str | None = None
    faults: tuple[Fault, ...]


class Plan(OmitNone):
    """The plan of a rollout, without the fields that are unknown or do not apply."""

    start: Start
    target: Target | None = None
    stable_version: str | None = None
    canary_version: str | None = None
    policy: Policy | None = None
    policy_source: str | None = None
    auto: Auto | None = None
    evidence: Evidence | None = None
    calls_per_minute: float | Literal["unknown"] | None = None
    steps: list[PlannedStep] | None = None
    bake: PlannedStep | None = None
    total: str | None = None
    total_seconds: int | None = None
    evaluations: int | None = None
    cost: Cost | None = None
    canary_logs_cost: CanaryLogsCost | None = None
    """What reading the canary's log adds at most, if the rollout is rolled back.

    It is absent where that is switched off, and where CloudWatch does not know what the log group receives.
    """
    refusals: list[Refusal]
    warnings: list[str]


class DryRun(Value):
    """The answer to a dry run: the state machine has nothing to do."""

    start: Start = Start.NOTHING_TO_DO
    reason: str
    plan: Plan

    def document(self) -> dict[str, object]:
        """Return the output of the state machine, as JSON values."""
        return self.model_dump(mode="json", by_alias=True)


def dry_run(assessment: Assessment, timing: Timing) -> DryRun:
    """Return the plan of a request, and its expected outcome as one sentence."""
    plan = Plan(
        start=assessment.start,
        **_request_fields(assessment),
        **_schedule_fields(assessment, timing),
        evidence=_evidence(assessment),
        refusals=[Refusal(error=type(refusal).__name__, sentence=str(refusal)) for refusal in assessment.refusals],
        warnings=[*plan_warnings(assessment, timing)],
    )
    return DryRun(
        reason=f"dry run, nothing was touched: {expected_outcome(assessment)}{_format_warnings(plan)}", plan=plan
    )


def _format_warnings(plan: Plan) -> str:
    with_warning = [step for step in (*(plan.steps or []), plan.bake) if step and step.warning]
    count = len(plan.warnings) + len(with_warning)
    return f"; the plan has {count} warning{'' if count == 1 else 's'}" if count else ""


def _request_fields(assessment: Assessment) -> dict[str, Any]:
    """Return the target, the versions and the policy, as far as the request names them readably."""
    facts, unreadable_fields = assessment.facts, assessment.request.unreadable_fields
    known: dict[str, Any] = {"policy": assessment.policy, "policy_source": assessment.request.policy_source or None}
    if auto := assessment.request.auto:
        known["auto"] = Auto(sentence=auto.sentence, catches=auto.catches)
    if facts and "alias" not in unreadable_fields:
        known |= {"target": facts.target, "stable_version": facts.alias and facts.alias.version}
    if facts and facts.canary and "version" not in unreadable_fields:
        known["canary_version"] = facts.canary.version
    return known


def _evidence(assessment: Assessment) -> Evidence | None:
    policy, forecast = assessment.planned_policy, assessment.forecast
    if policy is None or forecast is None:
        return None
    calibration, own = forecast.calibration, policy.evidence_limit
    if not calibration.is_raised:
        return Evidence(limit=own, faults=forecast.faults)
    return Evidence(
        limit=calibration.applied_to(own), raised_from=own, reason=calibration.format_cause(), faults=forecast.faults
    )


def _schedule_fields(assessment: Assessment, timing: Timing) -> dict[str, Any]:
    """Return the schedule and the cost; empty if there is nothing to roll out."""
    policy, traffic = assessment.planned_policy, assessment.traffic
    if policy is None:
        return {}
    steps = [*planned_steps(policy, traffic, timing)]
    log_bytes = assessment.log_bytes_per_second or 0
    return {
        "calls_per_minute": round(traffic.expected(60), 1) if traffic else UNKNOWN,
        "steps": steps[: len(policy.steps)],
        "bake": steps[-1] if policy.bake else None,
        "total": format_duration(policy.planned_seconds),
        "total_seconds": policy.planned_seconds,
        "evaluations": policy.planned_evaluations,
        "cost": cost(usage(policy, *assessment.metrics_per_evaluation) + log_usage(policy, log_bytes, timing)),
        "canary_logs_cost": _canary_logs_cost(assessment, policy),
    }


def _canary_logs_cost(assessment: Assessment, policy: Policy) -> CanaryLogsCost | None:
    if not assessment.reads_canary_logs or assessment.log_bytes_per_second is None:
        return None
    return canary_logs_cost(policy, assessment.log_bytes_per_second)
