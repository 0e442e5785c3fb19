"""Records what an evaluation decides, and lets an ending wait for a command that was taken meanwhile."""

from datetime import datetime

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.domain.enums import Move
from rollout.lifecycle.ownership import waiting_for_command
from rollout.state.lock import Lock
from rollout.state.rollout import Rollout

_ENDING_MOVES = (Move.FINISH, Move.HAND_OVER, Move.ROLL_BACK)
"""The moves after which no evaluation follows."""


def record_decision(decided: Rollout, lock: Lock | None, now: datetime) -> Rollout:
    """Record the decision of an evaluation in the ledger, and return it; raises AwsUnavailableError.

    `lock` is the lock of the alias as the evaluation read it.
    """
    recorded = _begin_ending(decided, lock)
    ledger().record_evaluation(recorded, now)
    return recorded


def _begin_ending(decided: Rollout, lock: Lock | None) -> Rollout:
    """Return the rollout as decided, unless its ending has to wait for a command that this evaluation did not read.

    From here on a rollout that ends obeys no further command but an abort, so none is taken that nothing obeys. A
    rollback waits for no command.
    """
    if lock is None or not lock.belongs_to(decided.execution.arn):
        return decided
    if decided.next_move in _ENDING_MOVES:
        is_begun = locks().begin_ending(lock)
        return decided if is_begun or decided.next_move is Move.ROLL_BACK else waiting_for_command(decided)
    if lock.is_ending:
        locks().resume_from_ending(lock)
    return decided
