"""Puts in order what rollouts have left behind whose execution runs no longer."""

from collections.abc import Iterator
from datetime import datetime

from rollout.aws.wiring import alias_of, executions, ledger, locks
from rollout.domain.errors import RolloutError
from rollout.domain.models import Value
from rollout.lifecycle.recovery import FinalState, repair_plan
from rollout.lifecycle.rollback import Closing
from rollout.state.alias import AliasState
from rollout.state.lock import Lock
from rollout.state.rollout import Ending
from rollout.tasks.notify import publish_ending

_RUNNING = ("RUNNING", "PENDING_REDRIVE")


class Repaired(Value):
    """What the guardian has done about one alias, or what kept it from it."""

    target: str
    execution: str
    ending: Ending | None = None
    trouble: str = ""

    def document(self) -> dict[str, object]:
        """Return it for the log and the answer."""
        return self.model_dump(mode="json", exclude_none=True)


def repair(now: datetime, execution_arn: str | None = None) -> Iterator[Repaired]:
    """Make whole the alias of every rollout whose execution has ended without doing so itself; or of one execution.

    One that cannot be mended keeps nobody else from it: it is told, keeps its claim, and its turn comes again.
    """
    for lock in locks().held():
        if execution_arn in (None, lock.holder.arn):
            try:
                yield from _mended(lock, now)
            except RolloutError as trouble:
                yield Repaired(target=lock.target.name, execution=lock.holder.name, trouble=str(trouble))


def _mended(lock: Lock, now: datetime) -> Iterator[Repaired]:
    status = executions().status(lock.holder.arn)
    if status in _RUNNING:
        return
    # Found before the claim is seized: whoever writes the alias after that, a guardian beside us too, changes its
    # revision. Seized before anything is written: the rollout's last task, if it still runs, may announce no more.
    found = alias_of(lock.target).find()
    taken_over = _seized(lock)
    if taken_over is None:
        return
    ending = _put_in_order(taken_over, found, _last_word(taken_over, status))
    ledger().close(lock.target, lock.holder, ending, now)
    # Told before the claim is gone: if we die in between, the next sweep tells it again.
    publish_ending(_closing(taken_over), ending, now)
    locks().drop(lock)
    yield Repaired(target=lock.target.name, execution=lock.holder.name, ending=ending)


def _seized(lock: Lock) -> Lock | None:
    """Take the claim and return it as it is by now, for it is old news; None where it was given back."""
    if not locks().take_over(lock):
        return None
    taken_over = locks().find(lock.target)
    return taken_over if taken_over and taken_over.is_taken_over and taken_over.holder == lock.holder else None


def _closing(lock: Lock) -> Closing:
    return Closing(
        execution=lock.holder,
        target=lock.target,
        stable_version=lock.stable_version,
        canary_version=lock.canary_version,
    )


def _last_word(lock: Lock, status: str) -> FinalState:
    book = ledger()
    return FinalState(
        status=status,
        ending=book.ended(lock.target, lock.holder),
        last_move=book.last_move(lock.target, lock.holder),
    )


def _put_in_order(lock: Lock, found: AliasState | None, last: FinalState) -> Ending:
    repaired = repair_plan(lock, found, last)
    if found is None or repaired.serve is None:
        return repaired.ending
    alias_of(lock.target).point_at(repaired.serve, found.revision_id)
    return repaired.ending
