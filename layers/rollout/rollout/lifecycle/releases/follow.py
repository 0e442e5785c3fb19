"""Decides what a rollout does for the release that it belongs to: it waits for the others, and ends as they do."""

from datetime import datetime

from rollout.domain.enums import Move, Phase
from rollout.domain.text import format_minute, format_names, shorten
from rollout.judging.window import Timing
from rollout.lifecycle.beat.spread import seconds_to_evaluation
from rollout.lifecycle.orders import Orders
from rollout.policy.planned import stretched_interval
from rollout.state.endings import promoted
from rollout.state.releases.part import Progress
from rollout.state.releases.release import ReleaseState, ReleaseStatus
from rollout.state.rollout import Rollout

LONGEST_INTERVAL_SECONDS = 300
"""A part that waits for the others is evaluated at least so often, because it rolls back when they fail."""

_EVALUATIONS_A_DAY = 86400 // LONGEST_INTERVAL_SECONDS
"""After a day the interval grows again, so that a wait of seven days takes about 1,000 of the 2,500 evaluations."""


def follow_release(decided: Rollout, release: ReleaseState | None, orders: Orders) -> Rollout:
    """Return the rollout as decided, or as its release has ended: promoted or failed as a whole.

    A freeze by a command keeps the alias as it is all the same, and an abort returns it to stable.
    """
    if release is None or orders.is_frozen or decided.next_move in (Move.HAND_OVER, Move.REJECT):
        return decided
    if release.status is ReleaseStatus.FAILED and decided.next_move is not Move.ROLL_BACK:
        return _rolled_back(decided, release)
    if release.status is ReleaseStatus.PROMOTED and decided.phase is Phase.BAKE and not orders.aborted:
        return _finished(decided)
    return decided


def _rolled_back(decided: Rollout, release: ReleaseState) -> Rollout:
    reason = shorten(f"{_name(decided)} has failed: {release.failure}; this function itself is {decided.reason}")
    return decided.model_copy(update={"next_move": Move.ROLL_BACK, "reason": reason, "ending": None})


def _finished(decided: Rollout) -> Rollout:
    reason = shorten(f"{decided.reason}; the bake of every function of {_name(decided)} has passed")
    return decided.model_copy(update={"next_move": Move.FINISH, "reason": reason, "ending": promoted(decided, reason)})


def wait_for_start(decided: Rollout, release: ReleaseState | None, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout as decided, or waiting for its first share until those that it comes after are ready."""
    if release is None or decided.release is None:
        return decided
    decided = _with(decided, waits_for="")
    if not decided.is_before_traffic or not _grows(decided):
        return decided
    missing = release.still_before(_after(decided), Progress.READY)
    if missing:
        return _waiting(decided, f"until the steps of {format_names(missing)} have passed", now, timing)
    return _going_on(decided)


def hold_for_release(decided: Rollout, release: ReleaseState | None, now: datetime, timing: Timing) -> Rollout:
    """Return the rollout with its progress, and waiting where the others are not so far.

    It comes last, so that everything else agrees to the promotion, or to the end of the bake.
    """
    if release is None or decided.release is None:
        return decided
    decided = _with(decided, progress=max(decided.release.progress, _progress(decided)))
    decided = _with(decided, ready_at=now) if decided.next_move in (Move.PROMOTE, Move.FINISH) else decided
    if decided.next_move is Move.PROMOTE:
        return _wait_for_promotion(decided, release, now, timing)
    if decided.next_move is Move.FINISH and release.status is not ReleaseStatus.PROMOTED:
        passed = max(release.reached(Progress.PASSED), 1)
        return _waiting(decided, f"until the bake of all {release.size} has passed, {passed} so far", now, timing)
    return decided


def _with(decided: Rollout, **changes: object) -> Rollout:
    """Return the rollout with changes of its participation in the release."""
    participation = decided.release.model_copy(update=changes) if decided.release else None
    return decided.model_copy(update={"release": participation})


def _after(decided: Rollout) -> dict[int, str]:
    return decided.release.part.after if decided.release else {}


def _progress(decided: Rollout) -> Progress:
    if decided.phase is Phase.BAKE:
        return Progress.PASSED if decided.next_move is Move.FINISH else Progress.PROMOTED
    return Progress.READY if decided.next_move is Move.PROMOTE else Progress.WAITING


def _wait_for_promotion(decided: Rollout, release: ReleaseState, now: datetime, timing: Timing) -> Rollout:
    if release.status is not ReleaseStatus.PROMOTING:
        ready = max(release.reached(Progress.READY), 1)
        return _waiting(decided, f"until the steps of all {release.size} have passed, {ready} so far", now, timing)
    missing = release.still_before(_after(decided), Progress.PROMOTED)
    if missing:
        return _waiting(decided, f"until {format_names(missing)} serves alone", now, timing)
    return _going_on(decided)


def _going_on(decided: Rollout) -> Rollout:
    return _with(decided, held_since=None)


def _waiting(decided: Rollout, until: str, now: datetime, timing: Timing) -> Rollout:
    since = (decided.release.held_since if decided.release else None) or now
    reason = f"{decided.reason}; waits for {_name(decided)} since {format_minute(since)} {until}"
    waited = (now - since).total_seconds()
    longest = max(LONGEST_INTERVAL_SECONDS, waited / _EVALUATIONS_A_DAY)
    interval = max(decided.policy.interval, round(min(stretched_interval(decided.policy.interval, waited), longest)))
    waiting = decided.model_copy(
        update={
            "next_move": Move.WAIT,
            "reason": shorten(reason),
            "ending": None,
            "wait_seconds": seconds_to_evaluation(decided, interval, now, timing),
        }
    )
    return _with(waiting, held_since=since, waits_for=f"{_name(decided)} {until}")


def _grows(decided: Rollout) -> bool:
    return decided.next_move is not None and decided.next_move.gives_more_traffic


def _name(decided: Rollout) -> str:
    return f"the release {decided.release.part.name}" if decided.release else "the release"
