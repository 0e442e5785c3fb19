"""What each metric finds, and the evidence of all critical metrics combined."""

from collections.abc import Iterable, Sequence

from rollout.domain.enums import Mode, Phase
from rollout.evidence.assumptions import log_mean_exp
from rollout.evidence.combined import bake_log_evidence, log_evidence
from rollout.evidence.series import Series
from rollout.judging.observation import Observation
from rollout.policy.criteria import Criteria
from rollout.policy.metric import Metric
from rollout.state.judgement import Finding


def all_findings(observation: Observation, criteria: Criteria) -> tuple[Finding, ...]:
    """Return the finding of every active metric; alarms count nothing and have none."""
    counted = [metric for metric in criteria.active_metrics if not metric.alarm]
    series = (observation.series.get(metric.name, Series()) for metric in counted)
    return tuple(_finding(metric, each, observation.phase) for metric, each in zip(counted, series, strict=True))


def deciding_findings(findings: Iterable[Finding], observation: Observation, criteria: Criteria) -> list[Finding]:
    """Return the findings whose evidence decides: the critical comparisons; in the bake, only if the policy says so."""
    if observation.phase is Phase.BAKE and criteria.bake_test is Mode.ADVISORY:
        return []
    compared = {metric.name for metric in criteria.active_metrics if metric.is_compared and metric.is_critical}
    return [finding for finding in findings if finding.metric in compared]


def combined_log_evidence(findings: Sequence[Finding]) -> float:
    """Return ln of the mean evidence of the findings, so that they share one limit; 0 without findings.

    A mean of e-values is an e-value, whatever their dependence. It reaches the limit at the latest when the strongest
    finding reaches the limit times their number. Source: Vovk and Wang 2021, Annals of Statistics 49(3).
    """
    return log_mean_exp([finding.log_evidence for finding in findings]) if findings else 0.0


def late_findings(observation: Observation, criteria: Criteria) -> list[Finding]:
    """Return what each critical comparison finds in the minutes before the promotion; empty before the bake.

    Their calls can end, and fail, after the promotion. It is the evidence of the steps, which goes on: the probability
    that a healthy canary reaches the limit at any evaluation covers these too.
    """
    compared = [metric for metric in criteria.active_metrics if metric.is_compared and metric.is_critical]
    series = ((metric, observation.series.get(metric.name, Series()).before_promotion) for metric in compared)
    return [_finding(metric, each, Phase.SHIFTING) for metric, each in series if each]


def _finding(metric: Metric, series: Series, phase: Phase) -> Finding:
    return Finding(
        metric=metric.name,
        kind=metric.kind,
        mode=metric.mode,
        canary=series.canary,
        stable=series.stable,
        log_evidence=_log_evidence(metric, series, phase),
    )


def _log_evidence(metric: Metric, series: Series, phase: Phase) -> float:
    if not metric.is_compared:
        return 0.0
    if phase is Phase.BAKE:
        return bake_log_evidence(series.minutes, series.history, series.dispersion)
    return log_evidence(series.minutes, series.history, series.dispersion)
