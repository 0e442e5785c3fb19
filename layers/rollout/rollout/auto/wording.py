"""What Auto chose and why, in words: an operator reads it before the first caller meets the canary."""

from collections.abc import Sequence

from rollout.auto.plan import Sighting
from rollout.auto.sight import Expectation
from rollout.domain.durations import format_duration, format_rounded_duration
from rollout.domain.text import format_names
from rollout.judging.window import Timing
from rollout.policy.policy import Policy

_EVERY_CALL = 100


def format_steps(plan: Policy, expected: Expectation, catches: Sequence[Sighting], timing: Timing) -> str:
    """Return the sentence part for a plan with steps."""
    steps = ", ".join(f"{step.percent:g} % for {format_duration(step.hold)}" for step in plan.steps)
    calls = _format_number(expected.calls_per_period * 60 / timing.period_seconds)
    return (
        f"steps: Auto chose {steps}, because the alias has about {calls} calls a minute and stable fails"
        f" {100 * expected.error_rate:.2g} % of them; before promotion it would see {_format_catches(catches)}"
    )


def format_at_once(policy: Policy, plan: Policy, calls: tuple[float, float], catches: Sequence[Sighting]) -> str:
    """Return the sentence part for a promotion at once; `policy` is the one that asked for Auto.

    `calls` are those expected within the time of the policy, and those of a day.
    """
    expected, in_day = map(_format_number, calls)
    within, total = format_duration(policy.within), format_rounded_duration(plan.bake + plan.max_extension)
    return (
        f"steps: Auto promotes at once, because the alias can expect about {expected} calls within {within} (about"
        f" {in_day} a day): too few for any split to give the canary {policy.min_invocations:,} calls"
        f" (min_invocations); guards and alarms watch the bake of {format_duration(plan.bake)}, which waits up to"
        f" {total} for that many calls and would see {_format_catches(catches)}"
    )


def format_uncalled(policy: Policy) -> str:
    """Return which hooks a promotion at once does not call, as a sentence part; empty if it calls them all."""
    if not policy.hooks.each_step:
        return ""
    names = format_names(hook.function for hook in policy.hooks.each_step)
    return (
        f"the hooks in each_step ({names}) are not called, because there are no steps: give the policy steps of its"
        " own, or move the hooks to before_traffic or after_traffic"
    )


def _format_catches(catches: Sequence[Sighting]) -> str:
    if not catches:
        return "no canary by its failed calls, not even one that fails all of them"
    faults = [
        f"{_format_share(fault.error_percent)} within {format_rounded_duration(fault.seconds)}" for fault in catches
    ]
    return "a canary that fails " + ", or ".join([", ".join(faults[:-1]), faults[-1]] if faults[:-1] else faults)


def _format_share(percent: float) -> str:
    return "every call" if percent == _EVERY_CALL else f"{percent:g} % of its calls"


def _format_number(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 or number == 0 else f"{number:.2g}"  # noqa: PLR2004 - from 100 on, .2g writes 1e+02
