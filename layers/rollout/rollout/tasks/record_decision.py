"""Records what an evaluation decides, and lets an ending wait for a command that was taken meanwhile."""

from datetime import datetime

from rollout.aws.dynamodb.ledger import ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.shown_rollouts import shown_rollouts
from rollout.aws.powertools import logger
from rollout.domain.enums import Move
from rollout.domain.errors import RolloutError
from rollout.lifecycle.gates import has_ended_at_gate, with_gate_of
from rollout.lifecycle.ownership import waiting_for_command
from rollout.state.dashboard.status import status_of
from rollout.state.lock import Lock
from rollout.state.releases.release import ReleaseState
from rollout.state.rollout import Rollout
from rollout.tasks.commands.request import report_freeze, request_command
from rollout.tasks.releases.participation import has_progressed, record_in_release


def record_decision(decided: Rollout, lock: Lock | None, now: datetime, release: ReleaseState | None = None) -> Rollout:
    """Record the decision of an evaluation in the ledger, and return it; raises AwsUnavailableError.

    `lock` is the lock of the alias as the evaluation read it, and `release` the release of a part.
    """
    recorded = record_in_release(_agree(decided, lock), release, lock, now)
    ledger().record_evaluation(recorded, now)
    if not _has_written_lock(recorded, lock) and not has_progressed(recorded, release):
        _record_status(recorded, now)
    requested = _with_request(recorded)
    # One report an evaluation: each may wait for a bus and two topics that do not answer.
    return requested if requested is not recorded else _with_freeze_reported(recorded)


def _has_written_lock(recorded: Rollout, lock: Lock | None) -> bool:
    """Whether this evaluation wrote the lock, which shows the gate or the ending: two writes per evaluation at most."""
    if lock is None:
        return False
    is_last = recorded.next_move is not None and recorded.next_move.is_last
    return is_last or (recorded.gate is not None and recorded.gate.number != lock.gate_number)


def _record_status(recorded: Rollout, now: datetime) -> None:
    """Record what the dashboard shows of the evaluation; no failure of it harms the rollout."""
    try:
        shown_rollouts().record_status(recorded, status_of(recorded, now))
    except RolloutError as error:
        logger.warning("Status not recorded", target=recorded.target.name, error=str(error))


def _agree(decided: Rollout, lock: Lock | None) -> Rollout:
    """Return the rollout as decided, unless the move has to wait for a command that this evaluation did not read."""
    if lock is None or not lock.belongs_to(decided.execution.arn):
        return decided
    if decided.next_move and decided.next_move.is_last:
        return _begin_ending(decided, lock)
    if lock.is_ending:
        locks().resume_from_ending(lock)
    return _reach_gate(decided, lock)


def _begin_ending(decided: Rollout, lock: Lock) -> Rollout:
    """Return the rollout as decided, unless its ending has to wait.

    From here on a rollout that ends obeys no further command but an abort, so none is taken that nothing obeys. A
    rollback waits for no command, except one for want of an approval, which may just have been given.
    """
    is_begun = locks().begin_ending(lock)
    if is_begun or (decided.next_move is Move.ROLL_BACK and not has_ended_at_gate(decided)):
        return decided
    return _waiting(decided, lock)


def _reach_gate(decided: Rollout, lock: Lock) -> Rollout:
    """Return the rollout as decided, unless a command was taken before it reached its gate, or before that timed out.

    From here on an approval can be given, or not any more.
    """
    if decided.gate is None or decided.gate.number == lock.gate_number or locks().reach_gate(lock, decided.gate):
        return decided
    return _waiting(decided, lock)


def _with_request(recorded: Rollout) -> Rollout:
    """Publish what the gate of a rollout needs, unless an earlier evaluation has."""
    gate = recorded.gate
    if gate is None or gate.is_published or gate.timed_out or recorded.next_move is not Move.WAIT:
        return recorded
    is_published = request_command(recorded, gate)
    return recorded.model_copy(update={"gate": gate.model_copy(update={"is_published": is_published})})


def _with_freeze_reported(recorded: Rollout) -> Rollout:
    """Publish that a freeze holds a rollout, unless an earlier evaluation has."""
    freeze = recorded.freeze
    if freeze is None or freeze.is_published:
        return recorded
    is_published = report_freeze(recorded, freeze)
    return recorded.model_copy(update={"freeze": freeze.model_copy(update={"is_published": is_published})})


def _waiting(decided: Rollout, lock: Lock) -> Rollout:
    waiting = waiting_for_command(decided)
    return with_gate_of(waiting.model_copy(update={"gate": None}), lock)
