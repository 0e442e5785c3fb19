"""The rules about several fields of a policy. They hold as far as the fields can be read."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rollout.domain.durations import format_duration, format_rounded_duration
from rollout.domain.text import format_names, shorten
from rollout.policy.hooks import longest_wait, most_evaluations
from rollout.policy.parts import PolicyParts
from rollout.policy.planned import (
    MAX_DURATION_SECONDS,
    MAX_EVALUATIONS,
    METRIC_RETENTION_SECONDS,
    WITHIN_SECONDS,
    evaluations_in,
    evaluations_while_waiting,
    seconds_in,
)
from rollout.policy.presets import ALL_AT_ONCE, AUTO


def broken_rules(policy: PolicyParts) -> Iterator[str]:
    """Yield a sentence for every rule that the readable parts of a policy break; it begins with the field's name."""
    yield from _falling_steps(policy)
    yield from _within_without_auto(policy)
    yield from _too_long(policy)
    yield from _too_many_evaluations(policy)
    yield from _repeated_names(policy)
    yield from _unknown_ignored(policy)
    yield from _nothing_decides(policy)
    yield from _slow_not_measured(policy)
    yield from _two_log_queries(policy)
    yield from _step_hooks_without_steps(policy)


def _falling_steps(policy: PolicyParts) -> Iterator[str]:
    before = None
    for number, step in enumerate(policy.steps or []):
        percent = step.percent if step else None
        if before is not None and percent is not None and percent <= before:
            yield (
                f"steps[{number}].percent is {percent:g} after {before:g}: give each step a larger share than the step"
                " before"
            )
        before = before if percent is None else percent


def _within_without_auto(policy: PolicyParts) -> Iterator[str]:
    if policy.within not in (None, WITHIN_SECONDS) and not policy.is_auto:
        yield (
            f"within is {format_duration(policy.within or 0)}, but it applies only to steps: {AUTO}, and the policy has"
            f" steps of its own: remove within, or write steps: {AUTO}"
        )


def _too_long(policy: PolicyParts) -> Iterator[str]:
    """Yield what is wrong with the length of the plan; a hold that cannot be read takes no time."""
    holds = [*policy.holds, policy.bake]
    seconds = sum(seconds_in(hold or 0, policy.interval or 1) for hold in [*holds, *policy.timeouts])
    seconds += sum(map(longest_wait, policy.called_hooks))
    timed = [name for name, waits in (("approvals", policy.timeouts), ("hooks", policy.called_hooks)) if waits]
    if policy.interval and seconds > MAX_DURATION_SECONDS:
        parts = f"steps, with the timeouts of the {' and '.join(timed)}, and bake" if timed else "steps and bake"
        yield (
            f"{parts} take {_at_least(holds)}about {format_rounded_duration(seconds)} with the evaluation at the end of"
            f" each, and the limit is {format_duration(MAX_DURATION_SECONDS)}, because CloudWatch keeps minutes for"
            f" {format_duration(METRIC_RETENTION_SECONDS)}: shorten the holds, {'the timeouts, ' if timed else ''}the"
            " bake or the interval"
        )


def _at_least(holds: Sequence[int | None]) -> str:
    return "at least " if None in holds else ""


def _too_many_evaluations(policy: PolicyParts) -> Iterator[str]:
    """Yield what is wrong with the number of evaluations; a hold that cannot be read needs one."""
    if not policy.interval:
        return
    interval, holds = policy.interval, [*policy.holds, policy.bake]
    by_hooks = sum(map(most_evaluations, policy.called_hooks))
    evaluations = sum(evaluations_in(hold or 0, interval) for hold in holds) + by_hooks
    evaluations += sum(evaluations_while_waiting(timeout, interval) for timeout in policy.timeouts)
    if evaluations > MAX_EVALUATIONS:
        hooks = f" (the calls of the hooks count as {by_hooks:,})" if by_hooks else ""
        yield (
            f"interval is {format_duration(interval)}: the holds and the bake need {_at_least(holds)}{evaluations:,}"
            f" evaluations{hooks}, and the limit per execution is {MAX_EVALUATIONS:,}: use a longer interval"
            f"{', or shorter timeouts of the hooks' if by_hooks else ''}"
        )


def _repeated_names(policy: PolicyParts) -> Iterator[str]:
    if repeated := [name for name, times in Counter(policy.names).items() if times > 1]:
        yield f"metrics has {format_names(repeated)} twice: give one of them a `label`"
    if any(metric and metric.name == "errors" and metric.errors is None for metric in policy.metrics or []):
        yield "metrics has another metric named errors, which is reserved for failed calls: change its `label`"


def _unknown_ignored(policy: PolicyParts) -> Iterator[str]:
    unknown = [name for name in policy.ignore or [] if name is not None and name not in policy.names]
    if unknown and policy.has_readable_names:
        yield (
            f"ignore names {format_names(unknown)}, but the policy has {format_names(policy.names)}: use these names"
        )


def _nothing_decides(policy: PolicyParts) -> Iterator[str]:
    critical = [metric.name for metric in policy.metrics or [] if metric and metric.is_critical]
    alarms = (policy.guards.alarms if policy.guards else None) or ()
    if policy.has_readable_names and not {*critical, *alarms} - {*(policy.ignore or ())}:
        yield "metrics has no critical metric that is not ignored: add one, or remove its name from `ignore`"


def _slow_not_measured(policy: PolicyParts) -> Iterator[str]:
    if policy.metrics is None or None in policy.metrics or not policy.guards or policy.guards.max_slow_percent is None:
        return
    ignored = policy.ignore or ()
    if not any(metric and metric.slow is not None and metric.name not in ignored for metric in policy.metrics):
        yield "guards.max_slow_percent needs the metric slow, which defines a slow call: add slow to metrics"


def _two_log_queries(policy: PolicyParts) -> Iterator[str]:
    ignored = policy.ignore or ()
    queried = [metric.name for metric in policy.metrics or [] if metric and metric.logs is not None]
    queried = [name for name in queried if name not in ignored]
    if len(queried) > 1:
        yield (
            f"metrics has {' and '.join(shorten(name or 'logs', 64) for name in queried)} of the kind logs, but an"
            " evaluation makes one query: keep one, or name the others in `ignore`"
        )


def _step_hooks_without_steps(policy: PolicyParts) -> Iterator[str]:
    if policy.steps == [] and not policy.is_auto and policy.hooks and policy.hooks.each_step:
        yield (
            f"hooks.each_step is never called, because a policy without steps ({ALL_AT_ONCE}) promotes at once: move"
            " its hooks to before_traffic or after_traffic, or write steps"
        )
