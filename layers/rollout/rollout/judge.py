"""Is the canary healthy? A pure answer from counts, with a sentence that holds both versions' numbers."""

import math

from rollout.alarms import say_alarms, turned_red
from rollout.evidence import log_evidence
from rollout.models import Health, Judgement
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
    ceiling = policy.guards.max_error_percent
    if red := turned_red(seen.red_before, seen.alarms):
        return Verdict.UNHEALTHY, f"alarm {', '.join(red)} turned red during the rollout; "
    if evidence >= math.log(100 / policy.false_rollback_percent):
        return Verdict.UNHEALTHY, "the canary fails more often than stable; "
    if ceiling is not None and _breaks(ceiling, seen, policy.min_invocations):
        return Verdict.UNHEALTHY, f"the canary fails more than max_error_percent {ceiling:g} % allows; "
    if seen.in_step.calls < policy.min_invocations:
        return Verdict.INCONCLUSIVE, say_too_few(seen, policy.min_invocations)
    return Verdict.HEALTHY, ""


def _breaks(ceiling: float, seen: Observation, floor: int) -> bool:
    return _is_above(ceiling, seen.canary, floor) and not _is_burning(ceiling, seen, floor)


def _is_burning(ceiling: float, seen: Observation, floor: int) -> bool:
    """Whether stable is above the ceiling itself: a fix for it must get through, though it mends only a part."""
    return _is_above(ceiling, seen.stable + seen.stable_before, floor)


def _is_above(ceiling: float, health: Health, floor: int) -> bool:
    return health.calls >= floor and health.error_percent > ceiling
