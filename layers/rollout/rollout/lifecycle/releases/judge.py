"""Decides the status of a release from how far its functions have come, and when the release is closed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from rollout.domain.enums import Outcome
from rollout.domain.models import Value
from rollout.domain.text import format_count, format_minute, format_names
from rollout.state.releases.part import Progress
from rollout.state.releases.release import Release, ReleaseState, ReleaseStatus

MAX_ENDING_SECONDS = 3600
"""How long a release that is promoted or has failed waits until the rollouts of its functions have ended."""

_SLOWEST_SECONDS = 300
_SLOWER_BY = 40
"""The interval is this part of the time that the release has taken, and at most `_SLOWEST_SECONDS`."""


class ReleaseDecision(Value):
    """What JudgeRelease decides: the status that the release moves to, if any, and whether it is closed."""

    status: ReleaseStatus
    """The present one where it does not move."""
    failure: str = ""
    """Why it fails, as a sentence part."""
    is_over: bool = False
    reason: str
    """Where it stands, as a sentence part."""


def judge_release(release: Release, state: ReleaseState, now: datetime) -> ReleaseDecision:
    """Return the status that a release moves to at a time, by the progress and the endings of its parts."""
    if not state.status.is_open:
        return _when_decided(release, state, now)
    if failure := _failure(release, state, now):
        return ReleaseDecision(status=ReleaseStatus.FAILED, failure=failure, reason=failure)
    needed, after = _NEXT[state.status]
    status = after if state.reached(needed) == state.size else state.status
    return ReleaseDecision(status=status, reason=format_progress(release, state))


_NEXT = {
    ReleaseStatus.ROLLING: (Progress.READY, ReleaseStatus.PROMOTING),
    ReleaseStatus.PROMOTING: (Progress.PASSED, ReleaseStatus.PROMOTED),
}
"""What every part has to reach, and the status that follows."""


def _when_decided(release: Release, state: ReleaseState, now: datetime) -> ReleaseDecision:
    running = [part.function for number, part in enumerate(release.parts) if number not in state.endings]
    reason = f"{len(running)} of {state.size} rollouts have not ended: {format_names(running)}" if running else ""
    return ReleaseDecision(
        status=state.status,
        is_over=is_over(state, now),
        reason=reason or f"each of the {state.size} rollouts has ended",
    )


def is_over(state: ReleaseState, now: datetime) -> bool:
    """Whether a release is closed: each of its rollouts has ended, or does not end in time after it was decided."""
    is_late = (now - state.changed_at).total_seconds() >= MAX_ENDING_SECONDS
    return not state.status.is_open and (len(state.endings) >= state.size or is_late)


def _failure(release: Release, state: ReleaseState, now: datetime) -> str:
    """Return why an open release fails; empty where it goes on."""
    ended = [number for number in sorted(state.endings) if number < len(release.parts)]
    if ended:
        return format_part_failure(release.parts[ended[0]].function, state.endings[ended[0]].reason)
    if now < release.deadline:
        return ""
    return f"it was not promoted until {format_minute(release.deadline)}: {format_progress(release, state)}"


def format_part_failure(function: str, reason: str) -> str:
    """Return why a release fails for one of its parts, as a sentence part."""
    return f"{function} ended: {reason.removesuffix('.')}"


def format_progress(release: Release, state: ReleaseState) -> str:
    """Return how far a release has come, and for whom it waits, as a sentence part."""
    needed, done = (
        (Progress.READY, "passed its steps")
        if state.status is ReleaseStatus.ROLLING
        else (Progress.PASSED, "passed its bake")
    )
    missing = [each.function for number, each in enumerate(release.parts) if not state.has_reached(number, needed)]
    waits = f", missing: {format_names(missing)}" if missing else ""
    return f"{state.size - len(missing)} of {state.size} functions have {done.replace('its', 'their')}{waits}"


def release_outcome(state: ReleaseState) -> Outcome:
    """Return how a release ended as a whole: promoted, rolled back, or handed over where its parts differ."""
    outcomes = {state.endings[number].outcome if number in state.endings else None for number in range(state.size)}
    if outcomes == {Outcome.PROMOTED}:
        return Outcome.PROMOTED
    at_stable = {Outcome.ROLLED_BACK, Outcome.REJECTED}
    return Outcome.ROLLED_BACK if outcomes and outcomes <= at_stable else Outcome.HANDED_OVER


def release_sentence(release: Release, state: ReleaseState) -> str:
    """Return how a release ended, as a sentence with the reason of the failure."""
    outcome = release_outcome(state)
    ends = {
        Outcome.PROMOTED: f"serves its new version alone on each of its {format_count(state.size, 'function')}",
        Outcome.ROLLED_BACK: f"serves the old version alone on each of its {format_count(state.size, 'function')}",
        Outcome.HANDED_OVER: f"is left for a person to decide, because {_why_left(state)}:"
        f" {'; '.join(_format_counts(state))}",
    }
    failed = f"; it failed because {state.failure}" if state.failure else ""
    return f"the release {release.name} {ends[outcome]}{failed}"


def _why_left(state: ReleaseState) -> str:
    if len(state.endings) == state.size:
        return "its functions differ"
    return f"not every rollout has ended within {MAX_ENDING_SECONDS // 60} minutes"


def _format_counts(state: ReleaseState) -> Iterator[str]:
    known = [ending.outcome for ending in state.endings.values()]
    for outcome in dict.fromkeys(known):
        yield f"{known.count(outcome)} {outcome.replace('_', ' ')}"
    if len(known) < state.size:
        yield f"{state.size - len(known)} not ended"


def seconds_to_next_judgement(release: Release, now: datetime, period_seconds: int) -> int:
    """Return the seconds until a release is judged again: longer the longer it has taken, so that history lasts."""
    taken = (now - release.execution.started_at) / timedelta(seconds=1)
    return max(period_seconds // 2, 1, round(min(taken / _SLOWER_BY, _SLOWEST_SECONDS)))
