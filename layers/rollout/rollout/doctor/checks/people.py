"""Whether people hear of what goes wrong: alarms, their subscriptions, notifications and the dashboard."""

import shlex

from rollout.doctor.facts import OwnAlarms, Subscriptions
from rollout.doctor.finding import Check, Finding, Grade, good
from rollout.domain.text import format_names


def check_alarms(alarms: OwnAlarms, stack: str) -> Finding:
    """Return whether the stack has its alarms, and none is red or silent."""
    numbers = f"{len(alarms.red)} of {len(alarms.names)} alarms are red"
    if not alarms.names:
        return Finding(
            check=Check.ALARMS,
            grade=Grade.BAD,
            found=f"The stack {stack} has 0 alarms: they were deleted.",
            fix="Deploy the stack again.",
        )
    if alarms.red:
        return Finding(
            check=Check.ALARMS,
            grade=Grade.BAD,
            found=f"{numbers}: {format_names(alarms.red)}.",
            fix="Each alarm's description names its section of docs/runbook.md.",
        )
    if alarms.silenced:
        return Finding(
            check=Check.ALARMS,
            grade=Grade.WARNING,
            found=f"{numbers}, but {len(alarms.silenced)} notify no one: {format_names(alarms.silenced)}.",
            fix=f"aws cloudwatch enable-alarm-actions --alarm-names {shlex.join(alarms.silenced)}",
        )
    return good(Check.ALARMS, f"{numbers}.")


def check_alarm_subscriptions(topic: str, found: Subscriptions) -> Finding:
    """Return whether a person gets the alarms. An unconfirmed address gets none."""
    return _check_topic(Check.ALARM_SUBSCRIPTIONS, Grade.BAD, topic, found)


def check_notifications(topic: str, found: Subscriptions) -> Finding:
    """Return whether anything gets the notifications of either topic; `topic` is the one for e-mail."""
    return _check_topic(Check.NOTIFICATIONS, Grade.WARNING, topic, found)


def _check_topic(check: Check, grade: Grade, topic: str, found: Subscriptions) -> Finding:
    numbers = f"{found.confirmed} confirmed subscriptions, {found.pending} pending"
    if found.confirmed:
        return good(check, f"{numbers}.")
    subscribe = f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint ADDRESS"
    confirm = "Confirm the message that AWS has sent to the address, or subscribe another: "
    return Finding(
        check=check,
        grade=grade,
        found=f"{numbers}: the messages reach no one.",
        fix=f"{confirm}{subscribe}" if found.pending else subscribe,
    )


def check_dashboard(name: str, *, exists: bool) -> Finding:
    """Return whether the stack's dashboard is there; an empty name is that of a stack without one."""
    if not name:
        return good(Check.DASHBOARD, "0 dashboards, as the parameter Dashboard says.")
    if exists:
        return good(Check.DASHBOARD, f"1 dashboard: {name}.")
    return Finding(
        check=Check.DASHBOARD,
        grade=Grade.BAD,
        found=f"0 dashboards: {name} was deleted.",
        fix="Deploy the stack with Dashboard=no and then with Dashboard=yes.",
    )
