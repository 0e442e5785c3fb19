"""Is the canary healthy? A pure answer from counts, with a sentence that holds both versions' numbers."""

import math

from rollout.alarms import say_alarms, turned_red
from rollout.ceiling import ceiling_log_evidence, stable_in_canarys_place
from rollout.evidence import log_evidence
from rollout.models import Judgement
from rollout.observation import Observation
from rollout.policy import Policy
from rollout.sentences import say_counts, say_too_few
from rollout.words import Phase, Verdict

_MOST_SHOWN = 700.0


def judge(seen: Observation, policy: Policy) -> Judgement:
    """Return the verdict on what was seen: unhealthy on proof, inconclusive on too few calls, else healthy."""
    evidence = log_evidence(seen.minutes, seen.history, seen.dispersion) if seen.phase is Phase.SHIFTING else 0.0
    limit = 100 / policy.false_rollback_percent
    verdict, lead = _verdict(seen, policy, evidence)
    return Judgement(
        verdict=verdict,
        reason=lead + say_counts(seen, evidence, limit) + say_alarms(seen.red_before, seen.alarms),
        canary=seen.canary,
        stable=seen.stable,
        evidence=math.exp(min(evidence, _MOST_SHOWN)),
        evidence_limit=limit,
    )


def _verdict(seen: Observation, policy: Policy, evidence: float) -> tuple[Verdict, str]:
    if red := turned_red(seen.red_before, seen.alarms):
        return Verdict.UNHEALTHY, f"alarm {', '.join(red)} turned red during the rollout; "
    if evidence >= _log_limit(policy):
        return Verdict.UNHEALTHY, "the canary fails more often than stable; "
    ceiling = policy.guards.max_error_percent
    if ceiling is not None and _is_over(ceiling, seen):
        return _over_the_ceiling(ceiling, seen, policy)
    if seen.in_step.calls < policy.min_invocations:
        return Verdict.INCONCLUSIVE, say_too_few(seen, policy.min_invocations)
    return Verdict.HEALTHY, ""


def _log_limit(policy: Policy) -> float:
    return math.log(100 / policy.false_rollback_percent)


def _is_over(ceiling: float, seen: Observation) -> bool:
    """Whether the canary is above the ceiling and stable is not: a fix for a burning stable must get through."""
    if seen.phase is Phase.BAKE:
        return seen.canary.bad_percent > ceiling >= seen.stable_before.bad_percent
    return seen.canary.bad_percent > ceiling >= 100 * stable_in_canarys_place(seen.minutes)


def _over_the_ceiling(ceiling: float, seen: Observation, policy: Policy) -> tuple[Verdict, str]:
    """Return unhealthy where chance and bursts cannot explain it; what they can is not health either."""
    lead = f"the canary fails more than max_error_percent {ceiling:g} % allows"
    proof = ceiling_log_evidence(seen.minutes, ceiling / 100, seen.dispersion.theta)
    if seen.canary.calls >= policy.min_invocations and proof >= _log_limit(policy):
        return Verdict.UNHEALTHY, f"{lead}; "
    if seen.in_step.calls < policy.min_invocations:
        return Verdict.INCONCLUSIVE, say_too_few(seen, policy.min_invocations)
    return Verdict.INCONCLUSIVE, f"{lead}, though not yet more than chance explains; "
