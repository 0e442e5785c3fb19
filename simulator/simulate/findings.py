"""The sentences of a simulation's report, and the findings that speak against the policy."""

from collections.abc import Iterator

from simulator.simulate.report import Report, StepReport, VersionReport
from simulator.wording import (
    GATES_PASSED,
    HOOKS_PASSED,
    format_occurrences,
    format_percent,
    format_time,
    format_unsupported,
)

TOLERATED_PERCENT = 5
"""An undesired ending in more than this percentage of rollouts is a finding."""


def summary(report: Report) -> list[str]:
    """Return the sentences on the healthy version, the bad version, the steps and the unsupported metrics."""
    unsupported = [format_unsupported(report.unsupported_metrics, "Not simulated")] * bool(report.unsupported_metrics)
    auto = [f"{report.auto}."] * bool(report.auto)
    passed = [GATES_PASSED] * report.policy.has_gates + [HOOKS_PASSED] * bool(report.policy.called_hooks)
    steps = [_summarize_steps(report), *passed, *unsupported]
    return [*auto, _summarize_healthy(report), _summarize_bad(report.bad), *steps]


def findings(report: Report) -> list[str]:
    """Return the reasons against the policy at this traffic, without capital letter and full stop."""
    return [
        *_false_rollbacks(report),
        *_missed_regressions(report.bad),
        *_steps_with_too_few_calls(report),
        *_inconclusive_endings(report.healthy),
    ]


def conclusion(report: Report) -> str:
    """Return the last line: whether the policy fits the traffic, and the findings."""
    if report.findings:
        return "This policy does not fit this traffic: " + "; ".join(report.findings) + "."
    return (
        "This policy fits this traffic: healthy versions are promoted, the bad version is rolled back, and the steps"
        " get enough calls."
    )


def name_step(report: Report, step: StepReport) -> str:
    """Return a step's name; the step after the policy's last one is the bake."""
    return f"step {step.step}" if step.step <= len(report.policy.steps) else "bake"


def _summarize_healthy(report: Report) -> str:
    healthy, rolled_back = report.healthy, report.healthy.rolled_back
    text = (
        f"Healthy version: {rolled_back.count:,} of {rolled_back.total:,} rollouts rolled back"
        f" ({format_percent(rolled_back.percent)}, 95 % interval {rolled_back.low:.1f} to {rolled_back.high:.1f} %);"
        f" the policy allows {report.policy.false_rollback_percent:g} %."
    )
    if seconds := healthy.seconds_to_promotion:
        text += f" Half are promoted within {format_time(seconds.median)}, 90 % within {format_time(seconds.p90)}."
    for reason, count in healthy.reasons.items():
        text += f" Reason for a rollback, {format_occurrences(count)}: {reason}."
    return text


def _summarize_bad(bad: VersionReport) -> str:
    text = (
        f"Version that {bad.version.comparison} as stable: {format_percent(bad.rolled_back.percent)} of rollouts are"
        f" rolled back, {format_percent(bad.promoted.percent)} are promoted."
    )
    if seconds := bad.seconds_to_rollback:
        median, p90 = _format_cost(bad)
        text += f" Half of the rollbacks take at most {format_time(seconds.median)} and {median} calls,"
        text += f" 90 % at most {format_time(seconds.p90)} and {p90}."
    return text


def _format_cost(bad: VersionReport) -> tuple[str, str]:
    """Return the median and the 90th percentile of the calls of those kinds in which the version is worse."""
    by_kind = {} if bad.version.is_only_slow else {"failed": bad.failed_calls}
    by_kind |= {"slow": bad.slow_calls} if bad.slow_ratio != 1 else {}
    counted = {kind: calls for kind, calls in by_kind.items() if calls}
    median = (f"{calls.median:,.0f} {kind}" for kind, calls in counted.items())
    p90 = (f"{calls.p90:,.0f}{f' {kind}' * (len(counted) > 1)}" for kind, calls in counted.items())
    return " and ".join(median), " and ".join(p90)


def _summarize_steps(report: Report) -> str:
    extended = [step for step in report.steps if step.too_few_calls.count]
    if not extended:
        return "Every step gets enough calls within its hold."
    shares = (f"{name_step(report, step)} in {format_percent(step.too_few_calls.percent)}" for step in extended)
    return f"Steps with too few calls when their hold ends are extended: {', '.join(shares)} of rollouts."


def _false_rollbacks(report: Report) -> Iterator[str]:
    rolled_back, allowed = report.healthy.rolled_back, report.policy.false_rollback_percent
    if rolled_back.low > allowed:
        yield (
            f"{format_percent(rolled_back.percent)} of healthy versions are rolled back, the policy allows"
            f" {allowed:g} % ({next(iter(report.healthy.reasons))})"
        )


def _missed_regressions(bad: VersionReport) -> Iterator[str]:
    if max(bad.error_ratio, bad.slow_ratio) > 1 and bad.promoted.percent > TOLERATED_PERCENT:
        yield (
            f"a version that {bad.version.comparison} as stable is promoted in"
            f" {format_percent(bad.promoted.percent)} of rollouts"
        )


def _steps_with_too_few_calls(report: Report) -> Iterator[str]:
    for step in report.steps:
        if step.too_few_calls.percent > TOLERATED_PERCENT:
            yield (
                f"{name_step(report, step)} has too few calls in {format_percent(step.too_few_calls.percent)} of"
                f" rollouts (about {step.expected_calls:,.0f} in its hold, {report.policy.min_invocations:,} needed)"
            )


def _inconclusive_endings(healthy: VersionReport) -> Iterator[str]:
    if healthy.inconclusive.percent > TOLERATED_PERCENT:
        yield f"{format_percent(healthy.inconclusive.percent)} of healthy versions end inconclusive"
