"""What a rollout reads and records of the release that it is a part of."""

from datetime import datetime

from rollout.admission.releases.plan import format_hindrance
from rollout.aws.dynamodb.releases import releases, require_state
from rollout.aws.powertools import logger
from rollout.domain.enums import Move, Outcome, Phase, Start
from rollout.domain.errors import ReleaseRefusedError, RolloutError
from rollout.domain.identity import Execution
from rollout.domain.text import shorten
from rollout.lifecycle.orders import orders_on
from rollout.lifecycle.releases.judge import format_part_failure
from rollout.state.ending import Ending
from rollout.state.lock import Lock
from rollout.state.releases.part import Participation, ReleasePart
from rollout.state.releases.release import PartEnding, Release, ReleaseState, ReleaseStatus, part_reason
from rollout.state.rollout import Rollout


def find_release(rollout: Rollout) -> ReleaseState | None:
    """Return the release of a rollout; None for a rollout without one. Raises AwsUnavailableError or InternalError."""
    if rollout.release is None:
        return None
    part = rollout.release.part
    return require_state(releases().find(part), part)


def record_in_release(decided: Rollout, release: ReleaseState | None, lock: Lock | None, now: datetime) -> Rollout:
    """Record what an evaluation means for the release, and return the rollout as decided; raises AwsUnavailableError.

    A part that rolls back lets its release fail first. Where the release has been promoted meanwhile, it can no
    longer fail, and the next evaluation ends the part as promoted. `release` is as the evaluation read it.
    """
    participation, move = decided.release, decided.next_move
    if participation is None or release is None or move is None:
        return decided
    if move.is_last and move is not Move.FINISH:
        return _fail(decided, participation, lock, now)
    if has_progressed(decided, release):
        releases().record_progress(participation.part, participation.progress)
    return decided


def has_progressed(decided: Rollout, release: ReleaseState | None) -> bool:
    """Whether the evaluation writes the entry of the release, so that it does not write the status too."""
    if decided.release is None or release is None or not release.status.is_open:
        return False
    return not release.has_reached(decided.release.part.number, decided.release.progress)


def _fail(decided: Rollout, participation: Participation, lock: Lock | None, now: datetime) -> Rollout:
    status = fail_release(participation.part, participation.part.name_of(decided.target), decided.reason, now)
    is_held = lock is not None and lock.belongs_to(decided.execution.arn)
    may_finish = is_held and decided.phase is Phase.BAKE and not orders_on(lock).aborted
    if status is not ReleaseStatus.PROMOTED or decided.next_move is not Move.ROLL_BACK or not may_finish:
        return decided
    reason = shorten(f"the release {participation.part.name} was promoted during this evaluation; {decided.reason}")
    return decided.model_copy(update={"next_move": Move.WAIT, "wait_seconds": 1, "reason": reason, "ending": None})


def fail_release(part: ReleasePart, function: str, reason: str, now: datetime) -> ReleaseStatus:
    """Let the release of a part fail; return its status afterwards. Raises AwsUnavailableError."""
    return releases().fail(part, part_reason(format_part_failure(function, reason)), now)


def record_part_ending(part: ReleasePart | None, function: str, ending: Ending, now: datetime) -> None:
    """Record how a part ended, and let its release fail unless it was promoted; a failure is only logged.

    JudgeRelease finds the ending in the ledger of rollouts all the same.
    """
    if part is None:
        return
    try:
        if ending.outcome is not Outcome.PROMOTED:
            fail_release(part, function, ending.cause, now)
        reason = part_reason(ending.cause)
        releases().record_ending(part, PartEnding(outcome=ending.outcome, reason=reason))
    except RolloutError as error:
        logger.warning("Ending not recorded in the release", function=function, error=str(error))


def record_rejected_part(
    part: ReleasePart | None, execution: Execution, function: str, ending: Ending, now: datetime
) -> None:
    """Record that a part was rejected, if this execution is the one of the part; a failure is only logged.

    Any other execution with the part's input, such as a copy of it, leaves the release as it is (P6).
    """
    try:
        is_own = part is not None and _is_planned(releases().find_release(part.name, part.execution), part, execution)
    except RolloutError as error:
        logger.warning("Release not read", function=function, error=str(error))
        return
    record_part_ending(part if is_own else None, function, ending, now)


def check_part(rollout: Rollout) -> None:
    """Raise ReleaseRefusedError where a part of a release cannot begin now: a release begins as a whole.

    Raises AwsUnavailableError.
    """
    if rollout.release is None:
        return
    name = rollout.release.part.name
    if rollout.start in (Start.QUEUE, Start.NOTHING_TO_DO):
        raise ReleaseRefusedError(
            f"{rollout.target.name} cannot begin with the release {name}: {format_hindrance(rollout)}. A release"
            " begins as a whole: start it again when all of its functions can begin, or leave this one out."
        )
    if found := _why_not_part(rollout, rollout.release.part):
        raise ReleaseRefusedError(
            f"{rollout.target.name} does not begin with the release {name}: {found}. Only the state machine of releases"
            " starts the rollout of a part: start the release again."
        )


def _why_not_part(rollout: Rollout, part: ReleasePart) -> str:
    """Return why a rollout is no part of an open release, as a sentence part; empty where it is one."""
    state, release = releases().find(part), releases().find_release(part.name, part.execution)
    if state is None or release is None:
        return "the ledger has no such release"
    if not _is_planned(release, part, rollout.execution) or release.parts[part.number].target != rollout.target:
        return f"execution {rollout.execution.name} is none of its rollouts"
    if state.status.is_open:
        return ""
    return f"it has failed: {state.failure}" if state.failure else "it was promoted"


def _is_planned(release: Release | None, part: ReleasePart, execution: Execution) -> bool:
    """Whether a release has planned this execution for the part."""
    if release is None or not 0 <= part.number < len(release.parts):
        return False
    return release.parts[part.number].execution == execution.name
