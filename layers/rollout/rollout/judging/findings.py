"""What each metric has to say, and what all of them together weigh."""

from collections.abc import Iterable, Sequence

from rollout.domain.enums import Mode, Phase
from rollout.evidence.assumptions import log_mean_exp
from rollout.evidence.combined import bake_log_evidence, log_evidence
from rollout.evidence.series import Series
from rollout.judging.observation import Observation
from rollout.policy.criteria import Criteria
from rollout.policy.metric import Metric
from rollout.state.judgement import Finding


def findings(seen: Observation, criteria: Criteria) -> tuple[Finding, ...]:
    """Return what every metric that is heeded finds; alarms are seen without counting."""
    return tuple(_finding(metric, seen) for metric in criteria.active_metrics if not metric.alarm)


def deciding(found: Iterable[Finding], seen: Observation, criteria: Criteria) -> list[Finding]:
    """Return the findings whose evidence decides: the critical comparisons, in the bake if the policy says so."""
    if seen.phase is Phase.BAKE and criteria.bake_test is Mode.ADVISORY:
        return []
    compared = {metric.name for metric in criteria.active_metrics if metric.is_compared and metric.is_critical}
    return [finding for finding in found if finding.metric in compared]


def together(found: Sequence[Finding]) -> float:
    """Return ln of the evidence of several findings: the mean of what each says, so that they share one limit.

    A mean of e-values is one again, however they hang together; it is never less than what the limit times their
    number would find in the strongest one alone. Source: Vovk and Wang 2021, Annals of Statistics 49(3).
    """
    return log_mean_exp([finding.log_evidence for finding in found]) if found else 0.0


def _finding(metric: Metric, seen: Observation) -> Finding:
    series = seen.series.get(metric.name, Series())
    return Finding(
        metric=metric.name,
        kind=metric.kind,
        mode=metric.mode,
        canary=series.canary,
        stable=series.stable,
        log_evidence=_log_evidence(metric, series, seen.phase),
    )


def _log_evidence(metric: Metric, series: Series, phase: Phase) -> float:
    if not metric.is_compared:
        return 0.0
    if phase is Phase.BAKE:
        return bake_log_evidence(series.minutes, series.history, series.dispersion)
    return log_evidence(series.minutes, series.history, series.dispersion)
