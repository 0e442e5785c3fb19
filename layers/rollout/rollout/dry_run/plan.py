"""What a request would come to, told before anything is touched."""

from typing import Any, Literal

from rollout.domain.durations import say_duration
from rollout.domain.enums import Start
from rollout.domain.identity import Target
from rollout.domain.models import Value
from rollout.dry_run.assessment import Rehearsal, forewarned, would_be
from rollout.dry_run.cost import Cost, cost, usage
from rollout.dry_run.schedule import UNKNOWN, Stretch, Told, stretches
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
    steps: list[Stretch] | None = None
    bake: Stretch | None = None
    total: str | None = None
    total_seconds: int | None = None
    looks: int | None = None
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


def dry_run(rehearsal: Rehearsal, timing: Timing) -> DryRun:
    """Return the plan of a request, and one sentence that says what would become of it."""
    plan = Plan(
        start=rehearsal.start,
        **_about(rehearsal),
        **_way(rehearsal, timing),
        refusals=[Refusal(error=type(one).__name__, sentence=str(one)) for one in rehearsal.refusals],
        warnings=[*forewarned(rehearsal, timing)],
    )
    return DryRun(reason=f"dry run, nothing was touched: {would_be(rehearsal)}{_say_warnings(plan)}", plan=plan)


def _say_warnings(plan: Plan) -> str:
    thin = [one for one in (*(plan.steps or []), plan.bake) if one and one.warning]
    count = len(plan.warnings) + len(thin)
    return f"; the plan has {count} warning{'' if count == 1 else 's'}" if count else ""


def _about(rehearsal: Rehearsal) -> dict[str, Any]:
    """Return who it is about, as far as that was asked for in words that can be read."""
    found, unread = rehearsal.found, rehearsal.request.unread
    known: dict[str, Any] = {"policy": rehearsal.policy, "policy_source": rehearsal.request.policy_source or None}
    if found and "alias" not in unread:
        known |= {"target": found.target, "stable_version": found.alias and found.alias.version}
    if found and found.canary and "version" not in unread:
        known["canary_version"] = found.canary.version
    return known


def _way(rehearsal: Rehearsal, timing: Timing) -> dict[str, Any]:
    """Return how it would go by its policy; nothing where there is no way to go."""
    policy, seen = rehearsal.way, rehearsal.traffic
    if policy is None:
        return {}
    every = [*stretches(policy, seen, timing)]
    return {
        "calls_per_minute": round(seen.expected(60), 1) if seen else UNKNOWN,
        "steps": every[: len(policy.steps)],
        "bake": every[-1] if policy.bake else None,
        "total": say_duration(policy.planned_seconds),
        "total_seconds": policy.planned_seconds,
        "looks": policy.planned_looks,
        "cost": cost(usage(policy, *rehearsal.metrics_a_look)),
    }
