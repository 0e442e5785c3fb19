"""The events and the notification of a release that has ended."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from rollout.domain.enums import Outcome
from rollout.domain.models import Value
from rollout.domain.text import Sentence, as_sentence, format_names
from rollout.lifecycle.releases.judge import release_outcome, release_sentence
from rollout.notifications.events import ExecutionEvent, ExecutionReference, slug
from rollout.notifications.message import console_url
from rollout.notifications.moments import Moment
from rollout.notifications.notification import NextStep, Notification
from rollout.state.releases.release import Release, ReleaseState

_SHOWN = 20
"""How many functions a notification lists."""


class FunctionSummary(Value):
    """How one function of a release ended."""

    function: str
    stable_version: str
    canary_version: str
    outcome: str = Field(description="As the rollout's own ending; `running` where its rollout has not ended.")
    reason: str = Field(description="Why, shortened to about 600 characters.")


class ReleaseEvent(ExecutionEvent):
    """The fields of every event of a release."""

    release: str = Field(description="The name of the release.")
    failure: str | None = Field(default=None, description="Why the release failed first; absent where it was promoted.")
    functions: tuple[FunctionSummary, ...] = Field(description="How each function ended, in the order of the input.")


class ReleasePromoted(ReleaseEvent):
    """Every function of the release serves its canary alone."""

    detail_type: ClassVar[str] = "Release Promoted"


class ReleaseRolledBack(ReleaseEvent):
    """The release failed, and every function of it serves stable alone."""

    detail_type: ClassVar[str] = "Release Rolled Back"


class ReleaseFailed(ReleaseEvent):
    """The functions of the release differ, and a person must decide."""

    detail_type: ClassVar[str] = "Release Failed"


_TYPES: dict[Outcome, type[ReleaseEvent]] = {
    Outcome.PROMOTED: ReleasePromoted,
    Outcome.ROLLED_BACK: ReleaseRolledBack,
    Outcome.HANDED_OVER: ReleaseFailed,
}
_MOMENTS = {
    Outcome.PROMOTED: Moment.PROMOTED,
    Outcome.ROLLED_BACK: Moment.ROLLED_BACK,
    Outcome.HANDED_OVER: Moment.HANDED_OVER,
}
_NEXT = {
    Outcome.PROMOTED: "Nothing.",
    Outcome.ROLLED_BACK: "Fix the function that is named first, publish it again, and start the release again.",
    Outcome.HANDED_OVER: "Decide for each function below: docs/runbook.md, ReleaseFailed.",
}


def release_event(release: Release, state: ReleaseState, at: datetime) -> ReleaseEvent:
    """Return the event of a release that has ended; a repeated task gives it the same id."""
    event_type = _TYPES[release_outcome(state)]
    return event_type(
        schema_version=1,
        id=f"{release.execution.arn}/{slug(event_type)}",
        at=at,
        sentence=release_sentence(release, state),
        execution=ExecutionReference(arn=release.execution.arn, name=release.execution.name),
        release=release.name,
        failure=state.failure or None,
        functions=tuple(function_summary(release, state, number) for number in range(state.size)),
    )


def function_summary(release: Release, state: ReleaseState, number: int) -> FunctionSummary:
    """Return how one part of a release ended."""
    part, ending = release.parts[number], state.endings.get(number)
    return FunctionSummary(
        function=part.function,
        stable_version=part.stable_version,
        canary_version=part.canary_version,
        outcome=ending.outcome if ending else "running",
        reason=ending.reason if ending else "its rollout has not ended",
    )


def release_notification(release: Release, state: ReleaseState, event: ReleaseEvent) -> Notification:
    """Return what people read about a release that has ended."""
    outcome = release_outcome(state)
    sentence: Sentence = as_sentence(release_sentence(release, state))
    account_region = release.execution.account_region
    return Notification(
        moment=_MOMENTS[outcome],
        event_type=event.detail_type,
        id=event.id,
        thread=f"{account_region.account}/{account_region.region}/{release.execution.name}",
        title=f"{event.detail_type}: {release.name}",
        headline=sentence[:1].upper() + sentence[1:],
        reason=state.failure or f"the bake of each of the {state.size} functions has passed",
        details=tuple(f"{each.function}: {each.outcome}; {each.reason}" for each in event.functions[:_SHOWN]),
        next_steps=(NextStep(text=_NEXT[outcome]),),
        facts=(f"Functions: {format_names(each.function for each in event.functions)}",),
        resources=(release.execution.arn,),
        url=console_url(release.execution.arn),
        attributes={"ending": event.detail_type, "moment": str(_MOMENTS[outcome]), "release": release.name},
    )
