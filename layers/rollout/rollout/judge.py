"""Is the canary healthy? A pure answer from counts, with a sentence that holds both versions' numbers."""

import math
from collections.abc import Sequence
from datetime import datetime

from rollout.evidence import log_evidence
from rollout.health import Minute, canary_health, stable_health
from rollout.models import Health, Judgement, Phase, Rollout, Value, Verdict
from rollout.policy import Policy
from rollout.window import Timing

_MOST_SHOWN = 700.0


class Observation(Value):
    """What a look has seen: the minutes since the first shift (in the bake: since promotion)."""

    phase: Phase
    minutes: tuple[Minute, ...]
    step_since: datetime
    """Start of the first minute that lies wholly in the current step."""

    @property
    def in_step(self) -> Health:
        """The canary's counts in the current step alone."""
        return canary_health(minute for minute in self.minutes if minute.start >= self.step_since)


def observed(rollout: Rollout, minutes: tuple[Minute, ...], timing: Timing) -> Observation:
    """Return what a look has seen, with the current step marked off in it."""
    step_since = timing.first_whole_period(rollout.step_started_at or rollout.judged_since)
    return Observation(phase=rollout.phase, minutes=minutes, step_since=step_since)


def judge(seen: Observation, policy: Policy) -> Judgement:
    """Return the verdict on what was seen: unhealthy on proof, inconclusive on too few calls, else healthy."""
    canary, stable = canary_health(seen.minutes), stable_health(seen.minutes)
    evidence = log_evidence(seen.minutes) if seen.phase is Phase.SHIFTING else 0.0
    limit = 100 / policy.false_rollback_percent
    verdict, lead = _verdict(seen, policy, evidence)
    return Judgement(
        verdict=verdict,
        reason=f"{lead}{_numbers(seen.phase, canary, stable)}{_strength(seen.phase, evidence, limit)}",
        canary=canary,
        stable=stable,
        evidence=math.exp(min(evidence, _MOST_SHOWN)),
        evidence_limit=limit,
    )


def _verdict(seen: Observation, policy: Policy, evidence: float) -> tuple[Verdict, str]:
    ceiling = policy.guards.max_error_percent
    if evidence >= math.log(100 / policy.false_rollback_percent):
        return Verdict.UNHEALTHY, "the canary fails more often than stable: "
    if ceiling is not None and _breaks(ceiling, seen.minutes, policy.min_invocations):
        return Verdict.UNHEALTHY, f"the canary fails more than max_error_percent {ceiling:g} % allows: "
    if (calls := seen.in_step.calls) < policy.min_invocations:
        return Verdict.INCONCLUSIVE, _too_few(calls, policy.min_invocations)
    return Verdict.HEALTHY, ""


def _breaks(ceiling: float, minutes: Sequence[Minute], floor: int) -> bool:
    """Whether the canary is above the ceiling while stable is not: a fix for a burning stable must get through."""
    canary, stable = canary_health(minutes), stable_health(minutes)
    return canary.calls >= floor and canary.error_percent > ceiling >= stable.error_percent


def _too_few(calls: int, needed: int) -> str:
    if calls == 0:
        return f"no datapoint for the canary in this step, {needed:,} calls needed, and silence is not health: "
    return f"{calls:,} calls on the canary in this step, {needed:,} needed: "


def _numbers(phase: Phase, canary: Health, stable: Health) -> str:
    if phase is Phase.BAKE:
        return f"errors since promotion: {_rate(canary)}"
    return f"errors: canary {_rate(canary)}, stable {_rate(stable)}"


def _rate(health: Health) -> str:
    if health.calls == 0:
        return "0 calls"
    return f"{health.errors:,} of {health.calls:,} calls ({health.error_percent:.2g} %)"


def _strength(phase: Phase, evidence: float, limit: float) -> str:
    if phase is Phase.BAKE:
        return ""
    return f"; evidence {_in_tens(evidence)} against a limit of {limit:,.4g}"


def _in_tens(evidence: float) -> str:
    tens = evidence / math.log(10)
    return f"10^{tens:.0f}" if tens >= 4 else f"{math.exp(evidence):.2g}"  # noqa: PLR2004 - 9,999 still reads well
