"""The reason of a judgement, in words: the reader decides what to do next from it."""

from collections.abc import Sequence

from rollout.domain.counts import format_rate
from rollout.domain.durations import format_rounded_duration
from rollout.domain.enums import Mode, Phase, Unit
from rollout.domain.text import format_log_evidence, format_minute
from rollout.evidence.missing_share import SharedMinute
from rollout.evidence.series import Series
from rollout.judging.findings import combined_log_evidence
from rollout.judging.observation import Observation
from rollout.policy.criteria import Criteria
from rollout.state.judgement import Finding

_NO_HISTORY = ", with bursts assumed because stable has too little history to measure them"
_WORSE = {"errors": "fails", "slow": "is slow", "logs": "writes matching log lines"}


def format_worse(strongest: Finding) -> str:
    """Return the start of an unhealthy judgement's reason, from the finding with the strongest evidence."""
    if verb := _WORSE.get(strongest.kind):
        return f"the canary {verb} more often than stable"
    return f"the canary has more {strongest.metric} than stable"


def format_too_few_calls(observation: Observation, metric: str, needed: int, unit: Unit = Unit.CALLS) -> str:
    """Return the start of an inconclusive judgement's reason: what this step has, what it needs, and when it has it."""
    counted, seconds = observation.in_step(metric).calls, observation.seconds_in_step
    elsewhere = _format_outside_step(observation, metric, unit)
    if seconds == 0:
        return f"no minute of this step is complete yet, {needed:,} {unit} needed; {elsewhere}"
    if counted == 0:
        missing = f"no datapoint for the canary in this step, {needed:,} {unit} needed, and missing data never passes; "
        return f"{missing}{elsewhere}"
    left = format_rounded_duration((needed - counted) * seconds / counted)
    return f"{counted:,} {unit} on the canary in this step, {needed:,} needed, about {left} more at this rate; "


def _format_outside_step(observation: Observation, metric: str, unit: Unit) -> str:
    """Return which minutes this step counts, and where the canary's counts are instead; empty if it has none."""
    before, later = observation.outside_step(metric)
    if not before and not later:
        return ""
    begin = format_minute(observation.step_since)
    if observation.seconds_in_step:
        counts = f"it counts the complete minutes from {begin}, so far until {format_minute(observation.closed_until)}"
    else:
        counts = f"it counts the complete minutes from {begin}"
    event = "the promotion" if observation.phase is Phase.BAKE else "the first shift"
    return (
        f"{counts}: of the canary's {before + later:,} {unit} since {event}, {before:,} are of minutes before and"
        f" {later:,} of later ones, which count when they are complete; "
    )


def format_late(strongest: Finding, observation: Observation, criteria: Criteria) -> str:
    """Return the start of an unhealthy judgement's reason in the bake, from calls that began before the promotion."""
    canary, stable = format_rate(strongest.canary), format_rate(strongest.stable)
    return (
        f"calls that began before the promotion and ended later show a worse canary: {strongest.metric}: canary"
        f" {canary}, stable {stable}; evidence {format_log_evidence(strongest.log_evidence)}"
        f"{_format_limit(observation, criteria)}"
    )


def format_missing_share(minutes: Sequence[SharedMinute], log_evidence: float, limit: float) -> str:
    """Return what the canary served in the minutes in which its share is missing, and what was due."""
    due = sum(minute.due for minute in minutes) / len(minutes)
    calls, count = sum(minute.canary for minute in minutes), len(minutes)
    return (
        f"the canary does not get its share of {100 * minutes[-1].weight:g} % of the calls: {calls:,} calls in"
        f" {count:,} minute{'' if count == 1 else 's'} where about {_format_due(due)} a minute were due (evidence"
        f" {format_log_evidence(log_evidence)} against a limit of {limit:,.6g}), so Lambda cannot invoke it, or its"
        " calls do not end"
    )


def _format_due(due: float) -> str:
    return f"{due:,.0f}" if due >= 10 else f"{due:.2g}"  # noqa: PLR2004 - a whole number with two digits or more


def format_ignored(names: Sequence[str]) -> str:
    """Return the names of the ignored metrics and alarms; empty if there are none."""
    return f"; ignored: {', '.join(names)}" if names else ""


def format_findings(
    findings: Sequence[Finding], deciding: Sequence[Finding], observation: Observation, criteria: Criteria
) -> str:
    """Return every metric's numbers and evidence, and the limit for those that decide."""
    if not findings:
        return f"calls: canary {observation.calls.canary.calls:,}, stable {observation.calls.stable.calls:,}"
    limit = _format_limit(observation, criteria)
    parts = [
        _format_finding(finding, observation) + (limit if [finding] == [*deciding] else "") for finding in findings
    ]
    if observation.phase is Phase.BAKE and not deciding:
        parts[-1] += ", advisory"
    if len(deciding) > 1:
        parts.append(f"combined evidence {format_log_evidence(combined_log_evidence(deciding))}{limit}")
    is_assumed = any(_series(finding, observation).dispersion.is_assumed for finding in deciding)
    return "; ".join(parts) + (_NO_HISTORY if is_assumed else "")


def _format_limit(observation: Observation, criteria: Criteria) -> str:
    """Return the limit, and why it is higher than the policy's if it is."""
    raised = observation.calibration.format(criteria.evidence_limit)
    return f" against a limit of {observation.evidence_limit(criteria):,.6g}{f', {raised}' if raised else ''}"


def _series(finding: Finding, observation: Observation) -> Series:
    return observation.series.get(finding.metric, Series())


def _format_finding(finding: Finding, observation: Observation) -> str:
    series = _series(finding, observation)
    name = (series.title or finding.metric) + (", advisory" if finding.mode is Mode.ADVISORY else "")
    if series.note and not series.minutes:
        return f"{name}: {series.note}"
    return f"{name}{_format_numbers(finding, series, observation)}" + (f" ({series.note})" if series.note else "")


def _format_numbers(finding: Finding, series: Series, observation: Observation) -> str:
    if finding.kind == "throttles":
        return f": {format_rate(series.canary, series.unit)} to the alias"
    evidence = f"; evidence {format_log_evidence(finding.log_evidence)}"
    canary, stable = format_rate(series.canary, series.unit), format_rate(series.stable, series.unit)
    if observation.phase is Phase.BAKE:
        return f" since promotion: {canary}{evidence} compared with stable's minutes before promotion"
    return f": canary {canary}, stable {stable}{evidence}"
