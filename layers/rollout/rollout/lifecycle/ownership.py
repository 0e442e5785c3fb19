"""Whether a rollout still has its alias to itself; what it does where it has not."""

from rollout.domain.enums import Move, Phase
from rollout.domain.models import Value
from rollout.state.alias import AliasState
from rollout.state.endings import format_moved, handed_over
from rollout.state.lock import Lock
from rollout.state.rollout import Ending, Rollout


class Ownership(Value):
    """How a rollout stands with its alias, as a look finds it."""

    alias: AliasState | None
    lock: Lock | None
    ended: Ending | None = None
    """How the ledger says the rollout ended, where it no longer holds the claim."""


def apply_ownership_check(decided: Rollout, ownership: Ownership) -> Rollout:
    """Return the rollout as decided, unless its claim is gone, a newer version wants its place, or its alias moved.

    An unhealthy canary is still taken back where the alias was moved: RollBack knows which aliases are ours to write.
    """
    if ownership.lock is None or not ownership.lock.belongs_to(decided.execution.arn):
        return _claim_lost(decided, ownership)
    if decided.next_move is Move.ROLL_BACK:
        return decided
    if ownership.lock.superseded_by and decided.phase is Phase.SHIFTING:
        return _superseded(decided, ownership.lock.superseded_by)
    if ownership.alias and _is_as_we_left_it(decided, ownership.alias):
        return decided
    return _moved(decided, ownership.alias)


def _claim_lost(decided: Rollout, ownership: Ownership) -> Rollout:
    """Return the ending that somebody else has brought about already, as the guardian does (P10).

    Where nobody has yet, the way back is taken, which writes nothing without the claim. Handed over, an alias would
    stay split whose guardian could not finish: the next one leaves alone what was handed over.
    """
    if ownership.ended is None:
        lost = f"{decided.target.name} is claimed by this rollout no longer"
        return decided.model_copy(update={"next_move": Move.ROLL_BACK, "reason": lost, "ending": None})
    ended = {"next_move": Move.HAND_OVER, "reason": ownership.ended.cause, "ending": ownership.ended}
    return decided.model_copy(update=ended)


def _superseded(decided: Rollout, version: str) -> Rollout:
    reason = f"version {version} was published and is to be rolled out in place of this one; {decided.reason}"
    return decided.model_copy(update={"next_move": Move.ROLL_BACK, "reason": reason, "ending": None})


def _moved(decided: Rollout, alias: AliasState | None) -> Rollout:
    shares = {} if decided.phase is Phase.BAKE else {decided.canary_version: decided.percent}
    serving = decided.canary_version if decided.phase is Phase.BAKE else decided.stable_version
    expected = AliasState(version=serving, shares=shares, revision_id="").format()
    reason = f"{format_moved(decided.target.name, expected, alias)}. It is left as it is"
    return decided.model_copy(update={"next_move": Move.HAND_OVER, "reason": reason, "ending": handed_over(reason)})


def _is_as_we_left_it(rollout: Rollout, alias: AliasState) -> bool:
    if rollout.phase is Phase.BAKE:
        # While it allocates provisioned concurrency, Lambda itself keeps a share for the version before. Not to the
        # end: a green ending says that the canary serves alone (P10).
        tolerated = set() if rollout.next_move is Move.FINISH else {rollout.stable_version}
        return alias.version == rollout.canary_version and set(alias.shares) <= tolerated
    shares = {rollout.canary_version: rollout.percent}
    return alias.serves(rollout.stable_version, shares)
