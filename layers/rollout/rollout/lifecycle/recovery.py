"""What becomes of an alias whose rollout no longer runs: the guardian's decision."""

from rollout.domain.enums import Move, Outcome, Phase
from rollout.domain.models import Value
from rollout.lifecycle.rollback import WayBack, is_ours, left_alone
from rollout.state.alias import AliasState
from rollout.state.endings import ending_of, handed_over, rolled_back
from rollout.state.lock import Claim
from rollout.state.rollout import Ending


class LastWord(Value):
    """What the ledger knows of a rollout whose execution runs no longer."""

    status: str
    """How the execution ended, in Step Functions' word."""
    ending: Ending | None = None
    """How the rollout closed, if it did."""
    last_move: Move | None = None
    """What its last look decided."""


class Mending(Value):
    """What the guardian does about an alias: the version it is to serve alone, and how the rollout is closed."""

    serve: str | None
    """None where the alias is somebody else's by now, and is left as it is."""
    ending: Ending


def mending(claim: Claim, alias: AliasState | None, last: LastWord) -> Mending:
    """Return how to make whole what a rollout has left behind.

    An alias that serves the canary alone after a promotion nobody took back stays there; every other one of ours goes
    back to stable. Even a whole one is written again: a task that still runs after StopExecution would else find the
    revision it decided on, and split the alias behind our back.
    """
    if claim.writing is None:
        return Mending(serve=_as_it_is(claim, alias, last), ending=_kept(last) or _untouched(claim, last))
    way = _way(claim, last)
    if last.last_move is Move.HAND_OVER:
        return Mending(serve=None, ending=_kept(last) or _left_to_a_person(claim, alias))
    if alias is None or not is_ours(alias, way):
        return Mending(serve=None, ending=_kept(last) or handed_over(left_alone(alias, way)))
    if _stays_promoted(claim, alias, last):
        return Mending(serve=claim.canary_version, ending=_kept(last) or _unwatched(claim, last))
    return Mending(serve=claim.stable_version, ending=_kept(last) or _put_back(way))


def _as_it_is(claim: Claim, alias: AliasState | None, last: LastWord) -> str | None:
    """Return what an alias serves that nobody has written, where RestoreAlias may still be on its way.

    It asks no claim; but written again, the alias has another revision than the one it goes by.
    """
    was_cut_short = last.status in ("ABORTED", "TIMED_OUT")
    is_untouched = alias is not None and alias.revision_id == claim.revision_id
    return claim.stable_version if was_cut_short and is_untouched else None


def _way(claim: Claim, last: LastWord) -> WayBack:
    return WayBack(
        execution=claim.holder,
        target=claim.target,
        stable_version=claim.stable_version,
        canary_version=claim.canary_version,
        phase=Phase.BAKE if claim.promoting else Phase.SHIFTING,
        reason=f"execution {claim.holder.name} {_said(last.status)}",
    )


def _put_back(way: WayBack) -> Ending:
    return rolled_back(way.target.name, way.stable_version, f"{way.why}, and the guardian has put its alias in order")


def _kept(last: LastWord) -> Ending | None:
    """Return the ending the rollout closed with; one that failed to go back has a better one now."""
    if last.ending is None or last.ending.outcome is Outcome.ROLLBACK_FAILED:
        return None
    return last.ending


def _stays_promoted(claim: Claim, alias: AliasState, last: LastWord) -> bool:
    failed_to_go_back = last.ending is not None and last.ending.outcome is Outcome.ROLLBACK_FAILED
    was_going_back = failed_to_go_back or last.last_move is Move.ROLL_BACK
    return claim.promoting and alias.serves_alone(claim.canary_version) and not was_going_back


def _untouched(claim: Claim, last: LastWord) -> Ending:
    return ending_of(
        Outcome.REJECTED,
        f"execution {claim.holder.name} {_said(last.status)} before it had written to {claim.target.name}",
    )


def _unwatched(claim: Claim, last: LastWord) -> Ending:
    serves = f"{claim.target.name} serves version {claim.canary_version} alone"
    if last.last_move is Move.FINISH:
        return ending_of(Outcome.PROMOTED, f"{serves}; execution {claim.holder.name} could not close the ledger itself")
    return ending_of(
        Outcome.PROMOTED,
        f"{serves}; execution {claim.holder.name} {_said(last.status)} before the bake was over, so it was not watched"
        " to its end",
    )


def _left_to_a_person(claim: Claim, alias: AliasState | None) -> Ending:
    left = alias.say() if alias else "nothing, as it is gone"
    return handed_over(f"{claim.target.name} is left for a person to decide; it serves {left}")


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
