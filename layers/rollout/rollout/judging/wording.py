"""What was seen, in words: every judgement is read by somebody who has to act on it."""

import math
from collections.abc import Sequence

from rollout.domain.counts import Counts
from rollout.domain.durations import format_rounded_duration
from rollout.domain.enums import Mode, Phase, Unit
from rollout.evidence.series import Series
from rollout.judging.findings import together
from rollout.judging.observation import Observation
from rollout.policy.criteria import Criteria
from rollout.state.judgement import Finding

_NO_HISTORY = ", with bursts assumed, as stable has too little history to know them by"
_WORSE = {"errors": "fails", "slow": "is slow"}


def format_worse(loudest: Finding) -> str:
    """Return what an unhealthy judgement begins with, by the finding that speaks loudest."""
    if verb := _WORSE.get(loudest.kind):
        return f"the canary {verb} more often than stable; "
    return f"the canary has more {loudest.metric} than stable; "


def format_too_few_calls(counted: int, needed: int, seconds: float, unit: Unit = Unit.CALLS) -> str:
    """Return what an inconclusive judgement begins with: what there is in this step, what is needed, and when."""
    if seconds == 0:
        return f"no minute of this step is complete yet, {needed:,} {unit} needed; "
    if counted == 0:
        return f"no datapoint for the canary in this step, {needed:,} {unit} needed, and silence is not health; "
    left = format_rounded_duration((needed - counted) * seconds / counted)
    return f"{counted:,} {unit} on the canary in this step, {needed:,} needed, about {left} more at this rate; "


def format_ignored(names: Sequence[str]) -> str:
    """Return which metrics were not asked; empty where all were."""
    return f"; ignored: {', '.join(names)}" if names else ""


def format_findings(found: Sequence[Finding], heard: Sequence[Finding], seen: Observation, criteria: Criteria) -> str:
    """Return every metric's numbers and what they prove, and against which limit those that decide were held."""
    if not found:
        return f"calls: canary {seen.calls.canary.calls:,}, stable {seen.calls.stable.calls:,}"
    limit = f" against a limit of {criteria.evidence_limit:,.6g}"
    told = [_said(finding, seen) + (limit if [finding] == [*heard] else "") for finding in found]
    if seen.phase is Phase.BAKE and not heard:
        told[-1] += ", advisory"
    if len(heard) > 1:
        told.append(f"together {_in_tens(together(heard))}{limit}")
    assumed = any(_series(finding, seen).dispersion.is_assumed for finding in heard)
    return "; ".join(told) + (_NO_HISTORY if assumed else "")


def _series(finding: Finding, seen: Observation) -> Series:
    return seen.series.get(finding.metric, Series())


def _said(finding: Finding, seen: Observation) -> str:
    series = _series(finding, seen)
    named = (series.title or finding.metric) + (", advisory" if finding.mode is Mode.ADVISORY else "")
    if series.note and not series.minutes:
        return f"{named}: {series.note}"
    return f"{named}{_numbers(finding, series, seen)}" + (f" ({series.note})" if series.note else "")


def _numbers(finding: Finding, series: Series, seen: Observation) -> str:
    if finding.kind == "throttles":
        return f": {format_rate(series.canary, series.unit)} to the alias"
    evidence = f"; evidence {_in_tens(finding.log_evidence)}"
    if seen.phase is Phase.BAKE:
        return f" since promotion: {format_rate(series.canary, series.unit)}{evidence} by stable's minutes before"
    canary, stable = format_rate(series.canary, series.unit), format_rate(series.stable, series.unit)
    return f": canary {canary}, stable {stable}{evidence}"


def format_rate(health: Counts, unit: Unit = Unit.CALLS) -> str:
    """Return how many were bad of how many, such as `41 of 1,203 calls (3.4 %)`."""
    if health.calls == 0:
        return f"0 {unit}"
    return f"{health.bad:,} of {health.calls:,} {unit} ({_two_digits(health.bad_percent)} %)"


def _two_digits(percent: float) -> str:
    return f"{percent:.2g}" if percent < 10 else f"{percent:.0f}"  # noqa: PLR2004 - from here on .2g writes 1e+02


def _in_tens(evidence: float) -> str:
    tens = evidence / math.log(10)
    if tens >= 4:  # noqa: PLR2004 - 9,999 still reads well
        return f"10^{tens:.0f}"
    if tens >= 1:
        return f"{math.exp(evidence):,.0f}"
    return f"{math.exp(evidence):.2g}" if tens >= -2 else "below 0.01"  # noqa: PLR2004 - nothing speaks against it
