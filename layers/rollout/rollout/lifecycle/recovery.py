"""What becomes of an alias whose rollout no longer runs: the guardian's decision."""

from rollout.domain.enums import Move, Outcome, Phase
from rollout.domain.models import Value
from rollout.lifecycle.rollback import RollbackContext, is_ours, left_alone
from rollout.state.alias import AliasState
from rollout.state.endings import ending_of, handed_over, rolled_back
from rollout.state.lock import Lock
from rollout.state.rollout import Ending


class FinalState(Value):
    """What the ledger knows of a rollout whose execution runs no longer."""

    status: str
    """How the execution ended, in Step Functions' word."""
    ending: Ending | None = None
    """How the rollout closed, if it did."""
    last_move: Move | None = None
    """What its last look decided."""


class RepairPlan(Value):
    """What the guardian does about an alias: the version it is to serve alone, and how the rollout is closed."""

    serve: str | None
    """None where the alias is somebody else's by now, and is left as it is."""
    ending: Ending


def repair_plan(lock: Lock, alias: AliasState | None, last: FinalState) -> RepairPlan:
    """Return how to make whole what a rollout has left behind.

    An alias that serves the canary alone after a promotion nobody took back stays there; every other one of ours goes
    back to stable. Even a whole one is written again: a task that still runs after StopExecution would else find the
    revision it decided on, and split the alias behind our back.
    """
    if lock.planned_write is None:
        return RepairPlan(serve=_as_it_is(lock, alias, last), ending=_kept(last) or _untouched(lock, last))
    way = _way(lock, last)
    if last.last_move is Move.HAND_OVER:
        return RepairPlan(serve=None, ending=_kept(last) or _left_to_a_person(lock, alias))
    if alias is None or not is_ours(alias, way):
        return RepairPlan(serve=None, ending=_kept(last) or handed_over(left_alone(alias, way)))
    if _stays_promoted(lock, alias, last):
        return RepairPlan(serve=lock.canary_version, ending=_kept(last) or _unwatched(lock, last))
    return RepairPlan(serve=lock.stable_version, ending=_kept(last) or _put_back(way))


def _as_it_is(lock: Lock, alias: AliasState | None, last: FinalState) -> str | None:
    """Return what an alias serves that nobody has written, where RestoreAlias may still be on its way.

    It asks no claim; but written again, the alias has another revision than the one it goes by.
    """
    was_cut_short = last.status in ("ABORTED", "TIMED_OUT")
    is_untouched = alias is not None and alias.revision_id == lock.revision_id
    return lock.stable_version if was_cut_short and is_untouched else None


def _way(lock: Lock, last: FinalState) -> RollbackContext:
    return RollbackContext(
        execution=lock.holder,
        target=lock.target,
        stable_version=lock.stable_version,
        canary_version=lock.canary_version,
        phase=Phase.BAKE if lock.promoting else Phase.SHIFTING,
        reason=f"execution {lock.holder.name} {_said(last.status)}",
    )


def _put_back(way: RollbackContext) -> Ending:
    return rolled_back(way.target.name, way.stable_version, f"{way.why}, and the guardian has put its alias in order")


def _kept(last: FinalState) -> Ending | None:
    """Return the ending the rollout closed with; one that failed to go back has a better one now."""
    if last.ending is None or last.ending.outcome is Outcome.ROLLBACK_FAILED:
        return None
    return last.ending


def _stays_promoted(lock: Lock, alias: AliasState, last: FinalState) -> bool:
    failed_to_go_back = last.ending is not None and last.ending.outcome is Outcome.ROLLBACK_FAILED
    was_going_back = failed_to_go_back or last.last_move is Move.ROLL_BACK
    return lock.promoting and alias.serves_alone(lock.canary_version) and not was_going_back


def _untouched(lock: Lock, last: FinalState) -> Ending:
    return ending_of(
        Outcome.REJECTED,
        f"execution {lock.holder.name} {_said(last.status)} before it had written to {lock.target.name}",
    )


def _unwatched(lock: Lock, last: FinalState) -> Ending:
    serves = f"{lock.target.name} serves version {lock.canary_version} alone"
    if last.last_move is Move.FINISH:
        return ending_of(Outcome.PROMOTED, f"{serves}; execution {lock.holder.name} could not close the ledger itself")
    return ending_of(
        Outcome.PROMOTED,
        f"{serves}; execution {lock.holder.name} {_said(last.status)} before the bake was over, so it was not watched"
        " to its end",
    )


def _left_to_a_person(lock: Lock, alias: AliasState | None) -> Ending:
    left = alias.format() if alias else "nothing, as it is gone"
    return handed_over(f"{lock.target.name} is left for a person to decide; it serves {left}")


def _said(status: str) -> str:
    match status:
        case "ABORTED":
            return "was stopped"
        case "TIMED_OUT":
            return "ran out of time"
        case "FAILED":
            return "failed"
        case "SUCCEEDED":
            return "ended"
    return f"is {status}"
