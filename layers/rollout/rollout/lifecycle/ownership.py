"""Checks whether a rollout still owns its alias, and decides the move where it does not."""

from rollout.domain.enums import Move, Phase
from rollout.domain.models import Value
from rollout.lifecycle.gates import with_gate_of
from rollout.lifecycle.orders import Orders, orders_on, with_ignored
from rollout.state.alias import AliasState
from rollout.state.ending import Ending
from rollout.state.endings import format_moved, moved_by_other
from rollout.state.lock import Lock
from rollout.state.past_rollout import SUPERSEDED
from rollout.state.rollout import Rollout

MAX_EVALUATIONS_WITHOUT_ALIAS = 2
"""How many evaluations in a row a rollout waits for a missing alias: some tools delete it and create it again."""


class Ownership(Value):
    """The alias and the lock of a rollout at an evaluation."""

    alias: AliasState | None
    """None where there is none, and where this evaluation has not read it."""
    lock: Lock | None
    is_alias_read: bool = True
    ended: Ending | None = None
    """The ending in the ledger, where the rollout no longer holds the lock."""

    @property
    def newer_version(self) -> str:
        """The newer version that has asked for the alias; empty without one."""
        return self.lock.newer_version if self.lock else ""

    @property
    def orders(self) -> Orders:
        """What operators have ordered of the rollout."""
        return orders_on(self.lock)


def under_lock(rollout: Rollout, lock: Lock | None) -> Rollout:
    """Return the rollout as it is to be judged: without what commands ignore, and at the gate that it has reached."""
    return with_gate_of(with_ignored(rollout, orders_on(lock)), lock)


def apply_ownership_check(decided: Rollout, ownership: Ownership) -> Rollout:
    """Return the rollout as decided, unless its lock is lost, a newer version supersedes it, or its alias was moved.

    An unhealthy canary is rolled back even where the alias was moved: RollBack writes only aliases in a state that the
    rollout itself may have written.
    """
    if ownership.lock is None or not ownership.lock.belongs_to(decided.execution.arn):
        return _with_lock_lost(decided, ownership)
    if decided.next_move is Move.ROLL_BACK or ownership.orders.is_frozen:
        return decided
    if ownership.lock.superseded_by and decided.phase is Phase.SHIFTING:
        return _superseded(decided, ownership.lock.superseded_by)
    return _checked_alias(decided, ownership.alias) if ownership.is_alias_read else decided


def _checked_alias(decided: Rollout, alias: AliasState | None) -> Rollout:
    """Return the rollout as decided, unless its alias is missing or was moved."""
    if alias is None and decided.alias_missing < MAX_EVALUATIONS_WITHOUT_ALIAS:
        return _waiting_for_alias(decided)
    if alias and _is_as_written(decided, alias):
        # A changed description or permission gives the alias another revision, which the next write has to name.
        return decided.model_copy(update={"alias_missing": 0, "revision_id": alias.revision_id})
    return _moved(decided, alias)


def waiting_for_command(decided: Rollout) -> Rollout:
    """Return the rollout that goes on to another evaluation, because a command was taken while this one decided."""
    reason = f"a command was taken during this evaluation, and the next one obeys it; {decided.reason}"
    return decided.model_copy(update={"next_move": Move.WAIT, "reason": reason, "ending": None})


def _with_lock_lost(decided: Rollout, ownership: Ownership) -> Rollout:
    """Return the rollout with the ending in the ledger, such as the guardian's (P10), or with a rollback.

    Without an ending in the ledger the rollout rolls back, which writes nothing without the lock. Handing over would
    leave a split alias behind where the guardian failed half way: the next guardian skips what was handed over.
    """
    if ownership.ended is None:
        reason = f"this rollout no longer holds the lock of {decided.target.name}"
        return decided.model_copy(update={"next_move": Move.ROLL_BACK, "reason": reason, "ending": None})
    ended = {"next_move": Move.HAND_OVER, "reason": ownership.ended.cause, "ending": ownership.ended}
    return decided.model_copy(update=ended)


def _superseded(decided: Rollout, version: str) -> Rollout:
    reason = f"version {version} was published and {SUPERSEDED}; {decided.reason}"
    return decided.model_copy(update={"next_move": Move.ROLL_BACK, "reason": reason, "ending": None})


def _waiting_for_alias(decided: Rollout) -> Rollout:
    missing = decided.alias_missing + 1
    reason = (
        f"{decided.target.name} does not exist: the rollout waits for it at {missing} of at most"
        f" {MAX_EVALUATIONS_WITHOUT_ALIAS} evaluations; {decided.reason}"
    )
    update = {"alias_missing": missing, "next_move": Move.WAIT, "reason": reason, "ending": None}
    return decided.model_copy(update=update)


def _moved(decided: Rollout, alias: AliasState | None) -> Rollout:
    reason = f"{format_moved(decided.target.name, decided.written_alias.format(), alias)}. The alias is left as it is"
    # Lambda itself moves the weights while it allocates provisioned concurrency, and keeps the revision.
    written = alias if alias and alias.revision_id != decided.revision_id else None
    ending = moved_by_other(reason, written)
    return decided.model_copy(update={"next_move": Move.HAND_OVER, "reason": reason, "ending": ending})


def _is_as_written(rollout: Rollout, alias: AliasState) -> bool:
    if rollout.phase is Phase.BAKE:
        # While Lambda allocates provisioned concurrency, it keeps a share for the previous version. A promotion may
        # not finish with that share, because its ending says that the canary serves alone (P10).
        tolerated = set() if rollout.next_move is Move.FINISH else {rollout.stable_version}
        return alias.version == rollout.canary_version and set(alias.shares) <= tolerated
    written = rollout.written_alias
    return alias.serves(written.version, written.shares)
