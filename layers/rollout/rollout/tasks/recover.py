"""Puts in order what rollouts have left behind whose execution runs no longer."""

from collections.abc import Iterator
from datetime import datetime

from rollout.aws.wiring import alias_of, claims, executions, ledger
from rollout.domain.errors import RolloutError
from rollout.domain.models import Value
from rollout.lifecycle.recovery import LastWord, mending
from rollout.lifecycle.rollback import Closing
from rollout.state.alias import AliasState
from rollout.state.lock import Claim
from rollout.state.rollout import Ending
from rollout.tasks.notify import tell_ending

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
    if status in _RUNNING:
        return
    # Found before the claim is seized: whoever writes the alias after that, a guardian beside us too, changes its
    # revision. Seized before anything is written: the rollout's last task, if it still runs, may announce no more.
    found = alias_of(claim.target).find()
    seized = _seized(claim)
    if seized is None:
        return
    ending = _put_in_order(seized, found, _last_word(seized, status))
    ledger().close(claim.target, claim.holder, ending, now)
    # Told before the claim is gone: if we die in between, the next sweep tells it again.
    tell_ending(_closing(seized), ending, now)
    claims().drop(claim)
    yield Mended(target=claim.target.name, execution=claim.holder.name, ending=ending)


def _seized(claim: Claim) -> Claim | None:
    """Take the claim and return it as it is by now, for it is old news; None where it was given back."""
    if not claims().seize(claim):
        return None
    seized = claims().find(claim.target)
    return seized if seized and seized.is_seized and seized.holder == claim.holder else None


def _closing(claim: Claim) -> Closing:
    return Closing(
        execution=claim.holder,
        target=claim.target,
        stable_version=claim.stable_version,
        canary_version=claim.canary_version,
    )


def _last_word(claim: Claim, status: str) -> LastWord:
    book = ledger()
    return LastWord(
        status=status,
        ending=book.ended(claim.target, claim.holder),
        last_move=book.last_move(claim.target, claim.holder),
    )


def _put_in_order(claim: Claim, found: AliasState | None, last: LastWord) -> Ending:
    mended = mending(claim, found, last)
    if found is None or mended.serve is None:
        return mended.ending
    alias_of(claim.target).point_at(mended.serve, found.revision_id)
    return mended.ending
