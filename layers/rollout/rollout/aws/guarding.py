"""Puts in order what rollouts have left behind whose execution runs no longer."""

from collections.abc import Iterator
from datetime import datetime

from rollout.aws.wiring import alias_of, claims, executions, ledger
from rollout.claim import Claim
from rollout.errors import RolloutError
from rollout.guard import LastWord, mending
from rollout.models import Ending, Value

_RUNNING = ("RUNNING", "PENDING_REDRIVE")


class Mended(Value):
    """What the guardian has done about one alias, or what kept it from it."""

    target: str
    execution: str
    ending: Ending | None = None
    trouble: str = ""

    def document(self) -> dict[str, object]:
        """Return it for the log and the answer."""
        return self.model_dump(mode="json", exclude_none=True)


def mend(now: datetime, execution_arn: str | None = None) -> Iterator[Mended]:
    """Make whole the alias of every rollout whose execution has ended without doing so itself; or of one execution.

    One that cannot be mended keeps nobody else from it: it is told, keeps its claim, and its turn comes again.
    """
    for claim in claims().held():
        if execution_arn in (None, claim.holder.arn):
            try:
                yield from _mended(claim, now)
            except RolloutError as trouble:
                yield Mended(target=claim.target.name, execution=claim.holder.name, trouble=str(trouble))


def _mended(claim: Claim, now: datetime) -> Iterator[Mended]:
    status = executions().status(claim.holder.arn)
    # Seized first: whatever the rollout's last task still does, it may write no more.
    if status in _RUNNING or not claims().seize(claim):
        return
    ending = _put_in_order(claim, _last_word(claim, status))
    ledger().close(claim.target, claim.holder, ending, now)
    claims().drop(claim)
    yield Mended(target=claim.target.name, execution=claim.holder.name, ending=ending)


def _last_word(claim: Claim, status: str) -> LastWord:
    book = ledger()
    return LastWord(
        status=status,
        ending=book.ended(claim.target, claim.holder),
        last_move=book.last_move(claim.target, claim.holder),
    )


def _put_in_order(claim: Claim, last: LastWord) -> Ending:
    alias = alias_of(claim.target)
    found = alias.find()
    mended = mending(claim, found, last)
    if found is None or mended.serve is None:
        return mended.ending
    alias.point_at(mended.serve, found.revision_id)
    return mended.ending
