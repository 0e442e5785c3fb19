"""What a request would come to, told before anything is touched."""

from typing import Any, Literal

from rollout.domain.durations import format_duration
from rollout.domain.enums import Start
from rollout.domain.identity import Target
from rollout.domain.models import Value
from rollout.dry_run.assessment import Assessment, expected_outcome, plan_warnings
from rollout.dry_run.cost import Cost, cost, usage
from rollout.dry_run.schedule import UNKNOWN, PlannedStep, Told, planned_steps
from rollout.judging.window import Timing
from rollout.policy.policy import Policy


class Refusal(Value):
    """One reason to refuse a request."""

    error: str
    sentence: str


class Plan(Told):
    """What a request would come to; what cannot be known, or would not happen, is left out."""

    start: Start
    target: Target | None = None
    stable_version: str | None = None
    canary_version: str | None = None
    policy: Policy | None = None
    policy_source: str | None = None
    calls_per_minute: float | Literal["unknown"] | None = None
    steps: list[PlannedStep] | None = None
    bake: PlannedStep | None = None
    total: str | None = None
    total_seconds: int | None = None
    evaluations: int | None = None
    cost: Cost | None = None
    refusals: list[Refusal]
    warnings: list[str]


class DryRun(Value):
    """The answer to a dry run: there is nothing for the state machine to do."""

    start: Start = Start.NOTHING_TO_DO
    reason: str
    plan: Plan

    def document(self) -> dict[str, object]:
        """Return what goes back to the state machine."""
        return self.model_dump(mode="json", by_alias=True)


def dry_run(assessment: Assessment, timing: Timing) -> DryRun:
    """Return the plan of a request, and one sentence that says what would become of it."""
    plan = Plan(
        start=assessment.start,
        **_about(assessment),
        **_way(assessment, timing),
        refusals=[Refusal(error=type(one).__name__, sentence=str(one)) for one in assessment.refusals],
        warnings=[*plan_warnings(assessment, timing)],
    )
    return DryRun(
        reason=f"dry run, nothing was touched: {expected_outcome(assessment)}{_format_warnings(plan)}", plan=plan
    )


def _format_warnings(plan: Plan) -> str:
    thin = [one for one in (*(plan.steps or []), plan.bake) if one and one.warning]
    count = len(plan.warnings) + len(thin)
    return f"; the plan has {count} warning{'' if count == 1 else 's'}" if count else ""


def _about(assessment: Assessment) -> dict[str, Any]:
    """Return who it is about, as far as that was asked for in words that can be read."""
    found, unreadable_fields = assessment.found, assessment.request.unreadable_fields
    known: dict[str, Any] = {"policy": assessment.policy, "policy_source": assessment.request.policy_source or None}
    if found and "alias" not in unreadable_fields:
        known |= {"target": found.target, "stable_version": found.alias and found.alias.version}
    if found and found.canary and "version" not in unreadable_fields:
        known["canary_version"] = found.canary.version
    return known


def _way(assessment: Assessment, timing: Timing) -> dict[str, Any]:
    """Return how it would go by its policy; nothing where there is no way to go."""
    policy, seen = assessment.way, assessment.traffic
    if policy is None:
        return {}
    every = [*planned_steps(policy, seen, timing)]
    return {
        "calls_per_minute": round(seen.expected(60), 1) if seen else UNKNOWN,
        "steps": every[: len(policy.steps)],
        "bake": every[-1] if policy.bake else None,
        "total": format_duration(policy.planned_seconds),
        "total_seconds": policy.planned_seconds,
        "evaluations": policy.planned_evaluations,
        "cost": cost(usage(policy, *assessment.metrics_per_evaluation)),
    }
