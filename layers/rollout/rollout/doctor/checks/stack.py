"""Whether the stack itself works: its guardian, its errors, and the limits of the account."""

from collections.abc import Mapping

from rollout.doctor.facts import Activity, Concurrency
from rollout.doctor.finding import Check, Finding, Grade, good

LEAST_UNRESERVED = 50
"""Fewer unreserved concurrent executions than this are scarce: each evaluation uses one for a second."""

_BUSY_SHARE = 0.8
"""The share of the limit from which an account is near it."""


def check_guardian(activity: Activity) -> Finding:
    """Return whether the guardian has swept lately, and served every target."""
    if not activity.sweeps:
        return Finding(
            check=Check.GUARDIAN,
            grade=Grade.BAD,
            found="0 sweeps in the last 20 minutes, of about 4: nothing repairs aliases.",
            fix="In a stack younger than that, run the check again. Else see"
            " docs/runbook.md#the-alarm-of-the-missing-guardian.",
        )
    numbers = f"{activity.sweeps:,.0f} sweeps in the last 20 minutes; in a day {activity.failed_targets or 0:,.0f}"
    if activity.failed_targets:
        return Finding(
            check=Check.GUARDIAN,
            grade=Grade.WARNING,
            found=f"{numbers} targets could not be served.",
            fix="The log of the guardian names each: see docs/runbook.md#the-alarm-of-failed-targets.",
        )
    return good(Check.GUARDIAN, f"{numbers} targets could not be served.")


def check_own_errors(activity: Activity, log_group: str) -> Finding:
    """Return whether functions of the stack fail, which a missing permission makes them do."""
    failing = _positive(activity.errors)
    numbers = f"{sum(failing.values()):,.0f} failed calls of {len(activity.errors)} functions in a day"
    if not failing:
        silent = sum(value is None for value in activity.errors.values())
        return good(Check.OWN_ERRORS, f"{numbers}; {silent} of the functions were not called.")
    return Finding(
        check=Check.OWN_ERRORS,
        grade=Grade.WARNING,
        found=f"{numbers}: {_format(failing)}.",
        fix=f"Read what they say: aws logs filter-log-events --log-group-name {log_group} --filter-pattern ERROR",
    )


def check_throttles(activity: Activity) -> Finding:
    """Return whether AWS throttled calls. Lambda's control plane has no metric and no quota that can be read."""
    throttled = _positive(activity.throttled)
    numbers = f"{sum(throttled.values()):,.0f} calls of {len(activity.throttled)} operations were throttled in a day"
    if not throttled:
        return good(Check.THROTTLES, f"{numbers}.")
    return Finding(
        check=Check.THROTTLES,
        grade=Grade.WARNING,
        found=f"{numbers}: {_format(throttled)}; each was tried again.",
        fix="Use a longer interval in policies, or spread releases: Lambda allows about 15 control-plane calls a"
        " second.",
    )


def check_concurrency(concurrency: Concurrency, activity: Activity) -> Finding:
    """Return whether the account has concurrent executions left for the stack's own functions."""
    peak = activity.peak_concurrency
    used = "unknown in use" if peak is None else f"at most {peak:,.0f} in use in a day"
    numbers = f"{concurrency.limit:,} concurrent executions, {concurrency.unreserved:,} of them unreserved, {used}"
    if concurrency.unreserved < LEAST_UNRESERVED or (peak or 0) > _BUSY_SHARE * concurrency.limit:
        return Finding(
            check=Check.CONCURRENCY,
            grade=Grade.WARNING,
            found=f"{numbers}: the functions of the stack may be throttled.",
            fix="Request more: aws service-quotas request-service-quota-increase --service-code lambda"
            " --quota-code L-B99A9384 --desired-value 1000",
        )
    return good(Check.CONCURRENCY, f"{numbers}.")


def _positive(counts: Mapping[str, float | None]) -> dict[str, float]:
    return {name: count for name, count in counts.items() if count}


def _format(counts: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {count:,.0f}" for name, count in sorted(counts.items(), key=lambda one: -one[1]))
