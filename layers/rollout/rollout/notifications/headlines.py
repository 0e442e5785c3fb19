"""The title and the headline of a notification: what happened, and which version serves now."""

from collections.abc import Mapping

from rollout.domain.text import format_minute
from rollout.lifecycle.gates import CONSEQUENCES
from rollout.notifications.events import (
    EndingEvent,
    JudgedEvent,
    RollbackFailed,
    RolloutHandedOver,
    RolloutPromoted,
    RolloutRolledBack,
)
from rollout.notifications.freeze import RolloutFrozen
from rollout.notifications.gate import ApprovalRequested, RolloutPaused
from rollout.notifications.moments import Moment

WaitingEvent = ApprovalRequested | RolloutPaused | RolloutFrozen
NotifiedEvent = EndingEvent | WaitingEvent

_MOMENTS: Mapping[type[JudgedEvent], Moment] = {
    ApprovalRequested: Moment.APPROVAL_REQUESTED,
    RolloutPaused: Moment.PAUSED,
    RolloutFrozen: Moment.FROZEN,
    RolloutPromoted: Moment.PROMOTED,
    RolloutRolledBack: Moment.ROLLED_BACK,
    RolloutHandedOver: Moment.HANDED_OVER,
    RollbackFailed: Moment.ROLLBACK_FAILED,
}
_TITLES = {
    Moment.APPROVAL_REQUESTED: "Approve? {name}: version {canary} waits at {percent}",
    Moment.PAUSED: "Paused: {name}: version {canary} waits at {percent}",
    Moment.FROZEN: "Frozen: {name}: version {canary} keeps {percent}",
    Moment.PROMOTED: "Promoted: {name} serves version {canary} alone",
    Moment.ROLLED_BACK: "Rolled back: {name} serves version {stable} again",
    Moment.HANDED_OVER: "Handed over: {name} is left as it is, for you to decide",
    Moment.ROLLBACK_FAILED: "ROLLBACK FAILED: {name} may be split, act now",
}
_HEADLINES = {
    Moment.APPROVAL_REQUESTED: "{serving}. The rollout waits for your approval{deadline}.",
    Moment.PAUSED: "{serving}. The rollout is paused until you resume it.",
    Moment.FROZEN: "{serving}. The rollout is frozen{deadline}.",
    Moment.PROMOTED: "{name} serves version {canary} alone. The rollout is over.",
    Moment.ROLLED_BACK: "{name} serves version {stable} alone again. Version {canary} is rolled back.",
    Moment.HANDED_OVER: "{name} is left as it is, and you decide which version it serves. The rollout of version"
    " {canary} is over.",
    Moment.ROLLBACK_FAILED: "{name} may still be split between versions {stable} and {canary}, because the rollback"
    " failed.",
}


def moment_of(event: NotifiedEvent) -> Moment:
    """Return the moment of a rollout that an event reports."""
    return _MOMENTS[type(event)]


def title_of(event: NotifiedEvent) -> str:
    """Return what happened, in a few words."""
    return _TITLES[moment_of(event)].format(**_words(event))


def headline_of(event: NotifiedEvent) -> str:
    """Return what happened, and which version serves now, as a sentence or two."""
    return _HEADLINES[moment_of(event)].format(**_words(event))


def _words(event: NotifiedEvent) -> dict[str, str]:
    words = {"name": event.target.name, "stable": event.stable_version, "canary": event.canary_version}
    if not isinstance(event, WaitingEvent):
        return words
    return words | {
        "percent": f"{event.percent:g} %",
        "serving": _format_serving(event),
        "deadline": _format_deadline(event),
    }


def _format_serving(event: WaitingEvent) -> str:
    name, stable, canary = event.target.name, event.stable_version, event.canary_version
    if event.percent in (0, 100):
        return f"{name} serves version {canary if event.percent else stable} alone"
    return f"{name} serves version {canary} to {event.percent:g} % of its calls, and version {stable} to the rest"


def _format_deadline(event: WaitingEvent) -> str:
    if isinstance(event, ApprovalRequested):
        return f" until {format_minute(event.until)}; without it, {CONSEQUENCES[event.on_timeout]}"
    return f" until {format_minute(event.until)}" if isinstance(event, RolloutFrozen) and event.until else ""
