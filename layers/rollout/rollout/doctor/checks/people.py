"""Whether people hear of what goes wrong: alarms, their subscriptions, notifications and the dashboard."""

import shlex
from collections.abc import Callable

from rollout.doctor.facts import OwnAlarms, Subscriptions
from rollout.doctor.finding import Check, Finding, bad, good, warning
from rollout.domain.text import format_count, format_names

_DEPLOY = (
    "Deploy the stack again, with another value of RunbookUrl: CloudFormation writes only alarms that change with the"
    " deployment."
)


def check_alarms(alarms: OwnAlarms) -> Finding:
    """Return whether the stack has its alarms, and none is red or silent."""
    if alarms.missing:
        are = _format_share(alarms, alarms.missing, "is", "are")
        return bad(Check.ALARMS, f"{are} missing: {format_names(alarms.missing)}.", _DEPLOY)
    numbers = f"{_format_share(alarms, alarms.red, 'is', 'are')} red"
    if alarms.red:
        fix = "Each alarm's description names its section of docs/runbook.md."
        return bad(Check.ALARMS, f"{numbers}: {format_names(alarms.red)}.", fix)
    if alarms.silenced:
        notify = format_count(len(alarms.silenced), "notifies", "notify")
        return warning(
            Check.ALARMS,
            f"{numbers}, but {notify} no one: {format_names(alarms.silenced)}.",
            f"aws cloudwatch enable-alarm-actions --alarm-names {shlex.join(alarms.silenced)}",
        )
    return good(Check.ALARMS, f"{numbers}.")


def _format_share(alarms: OwnAlarms, some: tuple[str, ...], singular: str, plural: str) -> str:
    """Return such as `1 of 7 alarms is`."""
    alarms_in_all = format_count(len(alarms.names) + len(alarms.missing), "alarm")
    return f"{len(some)} of {alarms_in_all} {singular if len(some) == 1 else plural}"


def check_alarm_subscriptions(topic: str, found: Subscriptions) -> Finding:
    """Return whether a person gets the alarms. An unconfirmed address gets none."""
    return _check_topic(Check.ALARM_SUBSCRIPTIONS, bad, topic, found)


def check_notifications(topic: str, found: Subscriptions) -> Finding:
    """Return whether anything gets the notifications of either topic; `topic` is the one for e-mail."""
    return _check_topic(Check.NOTIFICATIONS, warning, topic, found)


def _check_topic(
    check: Check, not_good: Callable[[Check, str, str], Finding], topic: str, found: Subscriptions
) -> Finding:
    numbers = f"{format_count(found.confirmed, 'confirmed subscription')}, {found.pending} pending"
    if found.confirmed:
        return good(check, f"{numbers}.")
    subscribe = f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint ADDRESS"
    confirm = "Confirm the message that AWS has sent to the address, or subscribe another: "
    fix = f"{confirm}{subscribe}" if found.pending else subscribe
    return not_good(check, f"{numbers}: the messages reach no one.", fix)


def check_dashboard(name: str, *, exists: bool) -> Finding:
    """Return whether the stack's dashboard is there; an empty name is that of a stack without one."""
    if not name:
        return good(Check.DASHBOARD, "0 dashboards, as the parameter Dashboard says.")
    if exists:
        return good(Check.DASHBOARD, f"1 dashboard: {name}.")
    fix = "Deploy the stack with Dashboard=no and then with Dashboard=yes."
    return bad(Check.DASHBOARD, f"0 dashboards: {name} was deleted.", fix)
