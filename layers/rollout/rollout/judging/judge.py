"""Whether the canary is healthy: a pure function of counts, with a reason that states both versions' numbers."""

import math
from collections.abc import Iterator, Sequence

from rollout.domain.enums import Unit, Verdict
from rollout.judging.alarms import format_alarms, turned_red
from rollout.judging.ceilings import CeilingBreach, ceiling_breaches
from rollout.judging.early_end import early_end
from rollout.judging.findings import all_findings, combined_log_evidence, deciding_findings, late_findings
from rollout.judging.missing_share import MissingShare, missing_share
from rollout.judging.observation import CALLS, Observation
from rollout.judging.wording import format_findings, format_ignored, format_late, format_too_few_calls, format_worse
from rollout.policy.criteria import Criteria
from rollout.policy.policy import Policy
from rollout.state.judgement import Finding, Judgement

_MOST_SHOWN = 700.0


def judge(observation: Observation, policy: Policy) -> Judgement:
    """Return the verdict: unhealthy on proof; inconclusive with too few calls or above a ceiling; otherwise healthy."""
    findings = all_findings(observation, policy)
    deciding = deciding_findings(findings, observation, policy)
    missing = missing_share(observation, policy)
    verdict, lead = _verdict(observation, policy, deciding, missing)
    numbers = format_findings(findings, deciding, observation, policy)
    alarms = format_alarms(observation.red_before, observation.alarms, policy.alarms, observation.alarms_without_data)
    early = early_end(observation, policy) if verdict is Verdict.HEALTHY else None
    proof = early.format() if early else ""
    return Judgement(
        verdict=verdict,
        reason=lead + numbers + alarms + _format_advisory(missing) + proof + format_ignored(policy.ignore),
        canary=observation.calls.canary,
        stable=observation.calls.stable,
        findings=findings,
        evidence=math.exp(min(combined_log_evidence(deciding), _MOST_SHOWN)),
        evidence_limit=observation.evidence_limit(policy),
        settled_calls=observation.settled_calls,
        is_above_ceiling=verdict is Verdict.INCONCLUSIVE and not [*_too_few_calls(observation, policy)],
        may_end_step=early is not None and early.is_shown,
    )


def _format_advisory(missing: MissingShare | None) -> str:
    return f"; advisory: {missing.sentence}" if missing and not missing.is_critical else ""


def _verdict(
    observation: Observation, criteria: Criteria, deciding: Sequence[Finding], missing: MissingShare | None
) -> tuple[Verdict, str]:
    breaches = ceiling_breaches(observation, criteria)
    if proof := next(_proofs(observation, criteria, deciding, missing), None):
        return Verdict.UNHEALTHY, f"{proof}; "
    if proved := next((breach for breach in breaches if breach.is_proved), None):
        return Verdict.UNHEALTHY, f"{proved.sentence}; "
    if too_few := next(_too_few_calls(observation, criteria), None):
        return Verdict.INCONCLUSIVE, too_few
    return _verdict_without_proof(breaches)


def _proofs(
    observation: Observation, criteria: Criteria, deciding: Sequence[Finding], missing: MissingShare | None
) -> Iterator[str]:
    """Yield a sentence part on each proof that the canary is unhealthy, except for its ceilings."""
    if red := turned_red(observation.red_before, observation.alarms, criteria.alarms):
        yield f"alarm {', '.join(red)} turned red during the rollout"
    log_limit = math.log(observation.evidence_limit(criteria))
    if combined_log_evidence(deciding) >= log_limit:
        yield format_worse(max(deciding, key=_log_evidence))
    late = late_findings(observation, criteria)
    if combined_log_evidence(late) >= log_limit:
        yield format_late(max(late, key=_log_evidence), observation, criteria)
    if missing and missing.is_critical:
        yield missing.sentence


def _log_evidence(finding: Finding) -> float:
    return finding.log_evidence


def _verdict_without_proof(breaches: Sequence[CeilingBreach]) -> tuple[Verdict, str]:
    """Return inconclusive above a ceiling: a rate that chance and bursts can explain is not health either."""
    if breaches:
        return Verdict.INCONCLUSIVE, f"{breaches[0].sentence}, but not by more than chance explains; "
    return Verdict.HEALTHY, ""


def _too_few_calls(observation: Observation, criteria: Criteria) -> Iterator[str]:
    """Yield a sentence on each critical metric with too few calls in this step; the canary's calls come first."""
    if observation.in_step().calls < criteria.min_invocations:
        yield format_too_few_calls(observation, CALLS, criteria.min_invocations)
    for metric in criteria.active_metrics:
        if metric.is_critical and metric.is_compared:
            unit = observation.series[metric.name].unit if metric.name in observation.series else Unit.CALLS
            needed = 1 if unit is Unit.MINUTES else criteria.min_invocations
            if observation.in_step(metric.name).calls < needed:
                yield f"{metric.name}: " + format_too_few_calls(observation, metric.name, needed, unit)
