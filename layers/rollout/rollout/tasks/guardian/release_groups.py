"""Starts the releases of tags whose last event was missed, and reports the versions that wait for too long."""

from collections.abc import Iterator
from datetime import datetime

from rollout.admission.releases.by_tag import is_report_due, release_of
from rollout.aws.dynamodb.release_groups import release_groups
from rollout.aws.event_bus import event_bus
from rollout.aws.powertools import publishing_errors
from rollout.aws.settings import home, release_state_machine_arn, release_wait
from rollout.aws.sns_topic import notify_people
from rollout.lifecycle.guardian.event import GuardianEvent
from rollout.notifications.releases.overdue import overdue_event, overdue_notification
from rollout.state.releases.group import GroupMove, ReleaseGroup
from rollout.tasks.guardian.releases import repair_releases
from rollout.tasks.guardian.target_sweep import TargetSweep
from rollout.tasks.releases.by_tag import CheckedGroup, check_group


def treat_releases(sweep: TargetSweep, trigger: GuardianEvent, now: datetime) -> dict[str, list[str]]:
    """Repair the releases whose execution has ended, and start complete ones in a sweep of aliases; return both."""
    closed = [*repair_releases(sweep, now, trigger.execution_arn)]
    return {"closed": closed, "released": [*start_complete_releases(sweep, now)] if trigger.sweeps_aliases else []}


def start_complete_releases(sweep: TargetSweep, now: datetime) -> Iterator[str]:
    """Yield the execution of each release that starts; `sweep` reports what fails."""

    def treat(found: ReleaseGroup) -> Iterator[str]:
        checked = check_group(found, now)
        if checked is None:
            return
        if checked.decision.move is GroupMove.REPORT and is_report_due(checked.group, release_wait()):
            _report(checked, now)
        if checked.execution:
            yield checked.execution

    yield from sweep.treat_found(
        "release groups", "the versions that wait for a release", lambda: release_groups().find_open(), treat
    )


def _report(checked: CheckedGroup, now: datetime) -> None:
    """Publish that a group waits for too long. It is recorded afterwards: if this task dies, it is published again."""
    group, decision = checked.group, checked.decision
    with publishing_errors("overdue notification"):
        release = release_of(group, home())
        event = overdue_event(group, decision, release, release_state_machine_arn(), now)
        with publishing_errors("overdue release"):
            event_bus().publish([event])
        notify_people(overdue_notification(event))
    release_groups().record_report(group, now)
