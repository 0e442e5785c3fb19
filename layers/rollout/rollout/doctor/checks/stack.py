"""Whether the stack itself works: its guardian, its errors, and the limits of the account."""

from collections.abc import Mapping

from rollout.doctor.facts import Activity, Concurrency
from rollout.doctor.finding import Check, Finding, bad, good, warning
from rollout.domain.text import format_count

LEAST_UNRESERVED = 50
"""Fewer unreserved concurrent executions than this are scarce: each evaluation uses one for a second."""

_BUSY_SHARE = 0.8
"""The share of the limit from which an account is near it."""


def check_guardian(activity: Activity) -> Finding:
    """Return whether the guardian has swept lately, and served every target."""
    if not activity.sweeps:
        return bad(
            Check.GUARDIAN,
            "0 sweeps in the last 20 minutes, of about 4: nothing repairs aliases.",
            "In a stack younger than that, run the check again. Else see"
            " docs/runbook.md#the-alarm-of-the-missing-guardian.",
        )
    sweeps, failed = format_count(activity.sweeps, "sweep"), format_count(activity.failed_targets or 0, "target")
    found = f"{sweeps} in the last 20 minutes; in a day {failed} could not be served."
    if activity.failed_targets:
        fix = "The log of the guardian names each: see docs/runbook.md#the-alarm-of-failed-targets."
        return warning(Check.GUARDIAN, found, fix)
    return good(Check.GUARDIAN, found)


def check_own_errors(activity: Activity, log_group: str) -> Finding:
    """Return whether functions of the stack fail, which a missing permission makes them do.

    A task that waits for a Pending version ends with an error too, so that the state machine tries it again.
    """
    planned = _positive(activity.planned_retries)
    failing = _positive({name: _without(errors, planned.get(name, 0)) for name, errors in activity.errors.items()})
    calls = format_count(sum(failing.values()), "failed call")
    numbers = f"{calls} of {format_count(len(activity.errors), 'function')} in a day"
    if planned:
        tries = format_count(sum(planned.values()), "try", "tries")
        numbers += f", besides {tries} that found a version Pending and came again"
    if not failing:
        silent = sum(value is None for value in activity.errors.values())
        return good(Check.OWN_ERRORS, f"{numbers}; {silent} of the functions had no call.")
    return warning(
        Check.OWN_ERRORS,
        f"{numbers}: {_format(failing)}.",
        f"Read what they say: aws logs filter-log-events --log-group-name {log_group} --filter-pattern ERROR",
    )


def _without(errors: float | None, planned: float) -> float | None:
    return None if errors is None else max(errors - planned, 0)


def check_throttles(activity: Activity) -> Finding:
    """Return whether AWS throttled calls. Lambda's control plane has no metric and no quota that can be read."""
    throttled = _positive(activity.throttled)
    calls = format_count(sum(throttled.values()), "throttled call")
    numbers = f"{calls} of {format_count(len(activity.throttled), 'operation')} in a day"
    if not throttled:
        return good(Check.THROTTLES, f"{numbers}.")
    return warning(
        Check.THROTTLES,
        f"{numbers}: {_format(throttled)}; each was tried again.",
        "Use a longer interval in policies, or spread releases: Lambda allows about 15 control-plane calls a second.",
    )


def check_concurrency(concurrency: Concurrency, activity: Activity) -> Finding:
    """Return whether the account has concurrent executions left for the stack's own functions."""
    peak = activity.peak_concurrency
    used = "unknown in use" if peak is None else f"at most {peak:,.0f} in use in a day"
    numbers = f"{concurrency.limit:,} concurrent executions, {concurrency.unreserved:,} of them unreserved, {used}"
    if concurrency.unreserved < LEAST_UNRESERVED or (peak or 0) > _BUSY_SHARE * concurrency.limit:
        return warning(
            Check.CONCURRENCY,
            f"{numbers}: the functions of the stack may be throttled.",
            "Request more: aws service-quotas request-service-quota-increase --service-code lambda"
            " --quota-code L-B99A9384 --desired-value 1000",
        )
    return good(Check.CONCURRENCY, f"{numbers}.")


def _positive(counts: Mapping[str, float | None]) -> dict[str, float]:
    return {name: count for name, count in counts.items() if count}


def _format(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {count:,.0f}" for name, count in sorted(counts.items(), key=lambda one: -one[1]))
