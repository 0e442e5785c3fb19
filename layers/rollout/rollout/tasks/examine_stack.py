"""Examines the stack: reads what it needs of AWS, and returns a finding for each check. It writes nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from rollout.admission.examination import DOCTOR
from rollout.aws import settings
from rollout.aws.doctor.activity import activity_until
from rollout.aws.doctor.functions import functions
from rollout.aws.doctor.people import people
from rollout.aws.doctor.trails import trails
from rollout.aws.freezes import freezes
from rollout.aws.lambda_.tagged_functions import tagged_functions
from rollout.aws.powertools import logger
from rollout.doctor.checks import events, stack
from rollout.doctor.checks import functions as of_functions
from rollout.doctor.checks import people as of_people
from rollout.doctor.facts import Activity
from rollout.doctor.finding import Check, Finding, summarize, unknown
from rollout.domain.enums import CommandAnswer
from rollout.domain.errors import RolloutError
from rollout.policy.policy import Policy
from rollout.state.hold import hold_at


def examine_stack(now: datetime) -> dict[str, Any]:
    """Return the findings with a summary of their grades, as the output of the command `doctor`."""
    found = [*_findings(now)]
    return {
        "answer": CommandAnswer.TAKEN,
        "command": DOCTOR,
        "reason": summarize(found),
        "findings": [finding.model_dump(mode="json") for finding in found],
    }


def _findings(now: datetime) -> Iterator[Finding]:
    stack_name = settings.stack_name()

    @cache
    def activity() -> Activity:
        return activity_until(now).read(settings.starter(), settings.stack_functions())

    checks: dict[Check, Callable[[], Finding]] = {
        Check.TRAIL: lambda: events.check_trail(trails().all(), settings.version_sweep_every()),
        Check.PUBLISHED_VERSIONS: lambda: events.check_published_versions(activity()),
        Check.OPTED_IN_FUNCTIONS: lambda: of_functions.check_opted_in(_opted_in()),
        Check.HOOKS: lambda: of_functions.check_hooks(functions().hooks()),
        Check.GUARDIAN: lambda: stack.check_guardian(activity()),
        Check.OWN_ERRORS: lambda: stack.check_own_errors(activity(), f"/aws/lambda/{stack_name}"),
        Check.THROTTLES: lambda: stack.check_throttles(activity()),
        Check.CONCURRENCY: lambda: stack.check_concurrency(functions().concurrency(), activity()),
        Check.ALARMS: lambda: of_people.check_alarms(people().alarms(settings.stack_alarms())),
        Check.ALARM_SUBSCRIPTIONS: _alarm_subscriptions,
        Check.NOTIFICATIONS: _notifications,
        Check.DASHBOARD: _dashboard,
        Check.FREEZE: lambda: _freeze(now),
    }
    for check, examine in checks.items():
        yield _examined(check, examine)


def _examined(check: Check, examine: Callable[[], Finding]) -> Finding:
    """Return a finding; what cannot be read is unknown, and never stops the other checks."""
    try:
        return examine()
    except Exception as error:  # noqa: BLE001 - one check that fails must not hide the others
        logger.warning("Check failed", check=check, error=f"{type(error).__name__}: {error}")
        return unknown(check, str(error) if isinstance(error, RolloutError) else f"{type(error).__name__}: {error}")


def _opted_in() -> tuple[str, ...]:
    return tuple(sorted(target.name for target in tagged_functions(settings.home()).targets()))


def _alarm_subscriptions() -> Finding:
    topic = settings.alarm_topic_arn()
    return of_people.check_alarm_subscriptions(topic, people().subscriptions(topic))


def _notifications() -> Finding:
    topic = settings.topic_arn()
    return of_people.check_notifications(topic, people().subscriptions(topic, settings.chat_topic_arn()))


def _dashboard() -> Finding:
    name = settings.dashboard_name()
    return of_people.check_dashboard(name, exists=bool(name) and people().has_dashboard(name))


def _freeze(now: datetime) -> Finding:
    # Without windows, only a freeze of the stack holds a rollout.
    hold = hold_at(Policy(), freezes().find(), now)
    return of_functions.check_freeze(hold, settings.freeze_parameter())
