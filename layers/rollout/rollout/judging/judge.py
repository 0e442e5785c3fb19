"""Is the canary healthy? A pure answer from counts, with a sentence that holds both versions' numbers."""

import math
from collections.abc import Iterator, Sequence

from rollout.domain.enums import Unit, Verdict
from rollout.judging.alarms import format_alarms, turned_red
from rollout.judging.ceilings import CeilingBreach, ceiling_breaches
from rollout.judging.early_end import early_end
from rollout.judging.findings import deciding, findings, together
from rollout.judging.observation import Observation
from rollout.judging.wording import format_findings, format_ignored, format_too_few_calls, format_worse
from rollout.policy.criteria import Criteria
from rollout.policy.policy import Policy
from rollout.state.judgement import Finding, Judgement

_MOST_SHOWN = 700.0


def judge(seen: Observation, policy: Policy) -> Judgement:
    """Return the verdict on what was seen: unhealthy on proof, inconclusive on too few calls, else healthy."""
    found = findings(seen, policy)
    heard = deciding(found, seen, policy)
    verdict, lead = _verdict(seen, policy, heard)
    advance_early = early_end(seen, policy) if verdict is Verdict.HEALTHY else None
    told = format_findings(found, heard, seen, policy) + format_alarms(seen.red_before, seen.alarms, policy.alarms)
    return Judgement(
        verdict=verdict,
        reason=lead + told + (advance_early.format() if advance_early else "") + format_ignored(policy.ignore),
        canary=seen.calls.canary,
        stable=seen.calls.stable,
        findings=found,
        evidence=math.exp(min(together(heard), _MOST_SHOWN)),
        evidence_limit=policy.evidence_limit,
        may_end_step=advance_early is not None and advance_early.is_shown,
    )


def _verdict(seen: Observation, criteria: Criteria, heard: Sequence[Finding]) -> tuple[Verdict, str]:
    if red := turned_red(seen.red_before, seen.alarms, criteria.alarms):
        return Verdict.UNHEALTHY, f"alarm {', '.join(red)} turned red during the rollout; "
    if together(heard) >= math.log(criteria.evidence_limit):
        return Verdict.UNHEALTHY, format_worse(max(heard, key=lambda finding: finding.log_evidence))
    over = ceiling_breaches(seen, criteria)
    if proved := next((one for one in over if one.is_proved), None):
        return Verdict.UNHEALTHY, f"{proved.sentence}; "
    if thin := next(_too_few(seen, criteria), None):
        return Verdict.INCONCLUSIVE, thin
    return _unproved(over)


def _unproved(over: Sequence[CeilingBreach]) -> tuple[Verdict, str]:
    """Return inconclusive above a ceiling: what chance and bursts can explain is not health either."""
    if over:
        return Verdict.INCONCLUSIVE, f"{over[0].sentence}, though not yet more than chance explains; "
    return Verdict.HEALTHY, ""


def _too_few(seen: Observation, criteria: Criteria) -> Iterator[str]:
    """Yield what is said of each critical metric that has counted too little in this step; of the calls first."""
    if seen.in_step().calls < criteria.min_invocations:
        yield format_too_few_calls(seen.in_step().calls, criteria.min_invocations, seen.seconds_in_step)
    for metric in criteria.active_metrics:
        if metric.is_critical and metric.is_compared:
            unit = seen.series[metric.name].unit if metric.name in seen.series else Unit.CALLS
            needed = 1 if unit is Unit.MINUTES else criteria.min_invocations
            counted = seen.in_step(metric.name).calls
            if counted < needed:
                yield f"{metric.name}: " + format_too_few_calls(counted, needed, seen.seconds_in_step, unit)
