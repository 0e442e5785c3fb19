"""Closes a release: its outcome, and the reason of every part."""

from datetime import datetime
from typing import Any

from rollout.aws.dynamodb.releases import releases, require_state
from rollout.aws.event_bus import event_bus
from rollout.aws.powertools import publishing_errors
from rollout.aws.sns_topic import notify_people
from rollout.domain.enums import Outcome
from rollout.domain.text import as_sentence, shorten
from rollout.lifecycle.releases.judge import is_over, release_outcome
from rollout.lifecycle.releases.standing import format_standing
from rollout.notifications.releases.ended import function_summary, release_event, release_notification
from rollout.state.failure import Failure, format_failure
from rollout.state.releases.release import Release, ReleaseState
from rollout.tasks.releases.judge import ReleaseDocument

_ERRORS = {Outcome.PROMOTED: "", Outcome.ROLLED_BACK: "ReleaseRolledBack", Outcome.HANDED_OVER: "ReleaseFailed"}


def close(document: ReleaseDocument, failure: object, now: datetime) -> dict[str, Any]:
    """Return the ending of a release, and record that it is closed; raises AwsUnavailableError or InternalError.

    A release that is still open fails, because nothing judges it any more: JudgeRelease failed, or its answer was none
    that the state machine knows. The guardian closes it when its functions have ended.
    """
    release = document.find_release()
    state = _decided(release, failure, now)
    if is_over(state, now):
        close_ended(release, state, now)
    outcome = release_outcome(state)
    cause = shorten(as_sentence(format_standing(release, state, now)))
    return {
        "release": release.name,
        "ending": {"outcome": outcome, "Error": _ERRORS[outcome], "Cause": cause},
        "functions": [function_summary(release, state, number).model_dump(mode="json") for number in range(state.size)],
    }


def _decided(release: Release, failure: object, now: datetime) -> ReleaseState:
    """Return the state of a release, which fails if it is open."""
    state = require_state(releases().find(release.as_part), release.as_part)
    if not state.status.is_open:
        return state
    reason = f"the execution {release.execution.name} closed it before it was promoted"
    if failure is not None:
        reason = f"JudgeRelease failed with {format_failure(Failure.model_validate(failure))}"
    releases().fail(release.as_part, reason, now)
    return require_state(releases().find(release.as_part), release.as_part)


def close_ended(release: Release, state: ReleaseState, now: datetime) -> None:
    """Publish how a release ended, and take it out of the open entries; raises AwsUnavailableError.

    It is published before it is closed: if this task dies in between, the guardian publishes it again.
    """
    with publishing_errors("release notification"):
        event = release_event(release, state, now)
        with publishing_errors("release"):
            event_bus().publish([event])
        notify_people(release_notification(release, state, event))
    releases().close(release)
