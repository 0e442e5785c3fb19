"""Decides how the guardian repairs the alias of a rollout whose execution has ended."""

from pydantic import Field

from rollout.domain.enums import Move, Outcome, Phase
from rollout.domain.models import Value
from rollout.lifecycle.orders import orders_on
from rollout.lifecycle.rollback import (
    RollbackContext,
    format_expected,
    format_left_as_is,
    frozen_ending,
    is_own_state,
)
from rollout.state.alias import AliasState
from rollout.state.ending import Ending
from rollout.state.endings import ending_of, handed_over, moved_by_other, rolled_back
from rollout.state.lock import Lock
from rollout.state.past_rollout import BEFORE_FIRST_WRITE
from rollout.state.releases.release import ReleaseStatus

_ENDED_BY_ROLLBACK = ("RolloutRolledBack", "RolloutHandedOver", "RollbackFailed")
"""The errors of executions that came to RollBack, and perhaps to RestoreAlias; all others ended in PrepareRollout."""


class FinalState(Value):
    """What is known of a rollout whose execution has ended."""

    status: str
    """The status of the execution, as Step Functions spells it; `gone` where it no longer exists."""
    error: str = ""
    """The error of a failed execution whose rollout announced no write."""
    ending: Ending | None = None
    """The ending in the ledger, if the rollout closed it."""
    last_move: Move | None = None
    """The move that its last evaluation decided."""
    release: ReleaseStatus | None = None
    """The status of the release that it is a part of; None for any other rollout."""


class RepairPlan(Value):
    """What the guardian does: the version the alias is to serve alone, and the ending it records."""

    serve: str | None
    """None where another writer moved the alias, which is left as it is."""
    ending: Ending
    shares: dict[str, float] = Field(default_factory=dict)
    """The shares of another version that stay, in percent, where the alias is frozen."""


def repair_plan(lock: Lock, alias: AliasState | None, last: FinalState) -> RepairPlan:
    """Return the repair of an alias.

    An alias that serves the canary alone after a promotion stays there, unless a rollback had begun; every other alias
    in the rollout's own state is restored to stable. Even an unsplit alias is written again, which changes its
    revision: a task that outlives StopExecution fails its write instead of splitting the repaired alias. A frozen alias
    is written as it is, for the same reason.
    """
    if lock.planned_write is None:
        return RepairPlan(
            serve=_rewritten_version(lock, alias, last), ending=_kept_ending(last) or _untouched(lock, last)
        )
    context, orders = _rollback_context(lock, last), orders_on(lock)
    if orders.frozen and orders.is_frozen:
        left = frozen_ending(lock.target.name, orders.frozen, alias, _format_execution(lock, last))
        kept = alias if alias and is_own_state(alias, context) else None
        return RepairPlan(
            serve=kept.version if kept else None,
            shares=dict(kept.shares) if kept else {},
            ending=_kept_ending(last) or left,
        )
    if last.last_move is Move.HAND_OVER and not (orders.aborted and _kept_ending(last) is None):
        return RepairPlan(serve=None, ending=_kept_ending(last) or _handed_over_by_policy(lock, alias))
    if alias is None or not is_own_state(alias, context):
        moved = moved_by_other(format_left_as_is(alias, context, format_expected(context)), alias)
        return RepairPlan(serve=None, ending=_kept_ending(last) or moved)
    if _stays_promoted(lock, alias, last):
        return RepairPlan(serve=lock.canary_version, ending=_kept_ending(last) or _promoted(lock, last))
    return RepairPlan(serve=lock.stable_version, ending=_kept_ending(last) or _rolled_back(context))


def _rewritten_version(lock: Lock, alias: AliasState | None, last: FinalState) -> str | None:
    """Return the version to write again where the rollout wrote nothing, but RestoreAlias may still be running.

    RestoreAlias checks no lock, only the revision, and the repeated write changes the revision. It may know a later
    revision than the lock, so the version counts.
    """
    may_restore = last.status in ("ABORTED", "TIMED_OUT") or last.error in _ENDED_BY_ROLLBACK
    is_untouched = alias is not None and alias.serves_alone(lock.stable_version)
    return lock.stable_version if may_restore and is_untouched else None


def _rollback_context(lock: Lock, last: FinalState) -> RollbackContext:
    return RollbackContext(
        execution=lock.holder,
        target=lock.target,
        stable_version=lock.stable_version,
        canary_version=lock.canary_version,
        phase=Phase.BAKE if lock.promoting else Phase.SHIFTING,
        reason=format_end(lock, last.status),
    )


def _kept_ending(last: FinalState) -> Ending | None:
    """Return the ending in the ledger; None where there is none, or a failed rollback that is repaired now."""
    if last.ending is None or last.ending.outcome is Outcome.ROLLBACK_FAILED:
        return None
    return last.ending


def _stays_promoted(lock: Lock, alias: AliasState, last: FinalState) -> bool:
    rollback_failed = last.ending is not None and last.ending.outcome is Outcome.ROLLBACK_FAILED
    was_rolling_back = rollback_failed or last.last_move is Move.ROLL_BACK or _is_aborted(lock, last)
    is_with_release = last.release in (None, ReleaseStatus.PROMOTED)
    return lock.promoting and alias.serves_alone(lock.canary_version) and is_with_release and not was_rolling_back


def _is_aborted(lock: Lock, last: FinalState) -> bool:
    """Whether a command aborted the rollout before it had ended."""
    return orders_on(lock).aborted is not None and _kept_ending(last) is None


def _rolled_back(context: RollbackContext) -> Ending:
    reason = f"{context.cause}, and the guardian repaired the alias"
    return rolled_back(context.target.name, context.stable_version, reason)


def _untouched(lock: Lock, last: FinalState) -> Ending:
    return ending_of(Outcome.REJECTED, f"{format_end(lock, last.status)} {BEFORE_FIRST_WRITE} {lock.target.name}")


def _promoted(lock: Lock, last: FinalState) -> Ending:
    canary = lock.canary_version
    serves = f"{lock.target.name} serves version {canary} alone"
    if last.last_move is Move.FINISH:
        reason = f"execution {lock.holder.name} did not close the rollout, so the guardian closed it"
    else:
        reason = f"{_format_execution(lock, last)} before the bake ended, so the bake is incomplete"
    return ending_of(Outcome.PROMOTED, f"{serves}; {reason}")


def _handed_over_by_policy(lock: Lock, alias: AliasState | None) -> Ending:
    state = f"it serves {alias.format()}" if alias else "the alias no longer exists"
    return handed_over(f"{lock.target.name} is left for a person to decide; {state}")


def format_end(lock: Lock, status: str) -> str:
    """Return why the execution of a rollout has ended: a command that aborted it, or its status."""
    aborted = orders_on(lock).aborted
    if aborted is None:
        return f"execution {lock.holder.name} {format_status(status)}"
    return f"it was aborted {aborted.source} (execution {lock.holder.name} {format_status(status)})"


def _format_execution(lock: Lock, last: FinalState) -> str:
    return f"execution {lock.holder.name} {format_status(last.status)}"


def format_status(status: str) -> str:
    """Return how an execution ended, as a sentence part."""
    match status:
        case "ABORTED":
            return "was stopped"
        case "TIMED_OUT":
            return "timed out"
        case "FAILED":
            return "failed"
        case "SUCCEEDED":
            return "ended"
        case "gone":
            return "disappeared"
    return f"is {status}"
