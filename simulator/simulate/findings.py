"""What the numbers mean for a team that has to trust the policy: sentences, and what speaks against it."""

from collections.abc import Iterator

from simulator.simulate.report import Fate, Report, StepFate
from simulator.wording import left_out, percent, span, times

OFTEN_PERCENT = 5
"""What happens in more rollouts than this speaks against a policy."""


def sentences(report: Report) -> list[str]:
    """Return the answers, a sentence or two each."""
    unasked = [left_out(report.left_out, "a simulation")] if report.left_out else []
    return [_healthy(report), _bad(report.bad), _steps(report), *unasked]


def findings(report: Report) -> list[str]:
    """Return what speaks against the policy at this traffic."""
    return [*_false_alarms(report), *_missed(report.bad), *_thin(report), *_unfinished(report.healthy)]


def verdict(report: Report) -> str:
    """Return the last line."""
    if report.findings:
        return "This policy does not fit this traffic: " + "; ".join(report.findings) + "."
    return "This policy fits this traffic: healthy versions pass, the bad one is caught, and steps get their calls."


def name_of(report: Report, step: StepFate) -> str:
    """Return a step's name; after the last of the policy's comes the bake."""
    return f"step {step.step}" if step.step <= len(report.policy.steps) else "the bake"


def _healthy(report: Report) -> str:
    fate, promised = report.healthy, report.policy.false_rollback_percent
    back = fate.rolled_back
    said = f"A healthy version would be taken back in {back.count:,} of {back.of:,} rollouts: {percent(back.percent)},"
    said += f" 95 % interval {back.low:.1f} to {back.high:.1f} %, and the policy allows {promised:g} %."
    if taken := fate.seconds_to_promotion:
        said += f" Half of them are promoted within {span(taken.half)}, nine in ten within {span(taken.nine_in_ten)}."
    for reason, count in fate.reasons.items():
        said += f" The judge said {times(count)}: {reason}."
    return said


def _bad(fate: Fate) -> str:
    said = f"A version that {fate.version.worse} as stable is taken back in"
    said += f" {percent(fate.rolled_back.percent)} of rollouts and missed, that is promoted,"
    said += f" in {percent(fate.promoted.percent)}."
    if taken := fate.seconds_to_rollback:
        half, nine_in_ten = _cost(fate)
        said += f" Half of the time it is back within {span(taken.half)} and {half} calls,"
        said += f" nine times in ten within {span(taken.nine_in_ten)} and {nine_in_ten}."
    return said


def _cost(fate: Fate) -> tuple[str, str]:
    """Return what half of those taken back stay within, and nine in ten, in calls of the kinds that are more."""
    kinds = {} if fate.version.is_slow_alone else {"failed": fate.failed_calls}
    kinds |= {"slow": fate.slow_calls} if fate.slow_times != 1 else {}
    told = {word: values for word, values in kinds.items() if values}
    half = (f"{values.half:,.0f} {word}" for word, values in told.items())
    nine_in_ten = (f"{values.nine_in_ten:,.0f}{f' {word}' * (len(told) > 1)}" for word, values in told.items())
    return " and ".join(half), " and ".join(nine_in_ten)


def _steps(report: Report) -> str:
    thin = [step for step in report.steps if step.too_few.count]
    if not thin:
        return "Every step gets the calls it needs within its hold."
    told = (f"{name_of(report, step)} in {percent(step.too_few.percent)}" for step in thin)
    return f"When its hold is over, a step lacks calls and is held on: {', '.join(told)} of rollouts."


def _false_alarms(report: Report) -> Iterator[str]:
    back, promised = report.healthy.rolled_back, report.policy.false_rollback_percent
    if back.low > promised:
        why = next(iter(report.healthy.reasons))
        yield f"{percent(back.percent)} of healthy versions are taken back where {promised:g} % is allowed ({why})"


def _missed(fate: Fate) -> Iterator[str]:
    if max(fate.times, fate.slow_times) > 1 and fate.promoted.percent > OFTEN_PERCENT:
        yield f"a version that {fate.version.worse} as stable is missed in {percent(fate.promoted.percent)} of rollouts"


def _thin(report: Report) -> Iterator[str]:
    for step in report.steps:
        if step.too_few.percent > OFTEN_PERCENT:
            yield (
                f"{name_of(report, step)} lacks calls in {percent(step.too_few.percent)} of rollouts"
                f" (about {step.calls_in_hold:,.0f} in its hold, {report.policy.min_invocations:,} needed)"
            )


def _unfinished(fate: Fate) -> Iterator[str]:
    if fate.without_calls.percent > OFTEN_PERCENT:
        yield f"{percent(fate.without_calls.percent)} of healthy versions are given up for want of calls"
