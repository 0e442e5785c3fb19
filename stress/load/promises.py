"""Which promises a rollout under load has broken, from what was seen of it from outside."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stress.faults.promises import Alias, Update

STABLE, CANARY = "1", "2"
"""The versions of every function."""
PROMOTED, ROLLED_BACK = "promoted", "rolled_back"
_ENDING_OF = {PROMOTED: "SUCCEEDED", ROLLED_BACK: "RolloutRolledBack"}
_VERSION_OF = {PROMOTED: CANARY, ROLLED_BACK: STABLE}
_OUTCOME_OF = {ending: outcome for outcome, ending in _ENDING_OF.items()}


@dataclass(frozen=True)
class Seen:
    """What was seen of one rollout."""

    function: str
    wanted: str
    """The outcome that its policy leads to."""
    executions: int
    status: str
    error: str
    cause: str
    started_at: datetime
    stopped_at: datetime | None
    alias: Alias
    rollouts: list[dict[str, Any]] = field(default_factory=list)
    """The ledger's entries of the function's rollouts."""
    claim_left: str = ""
    updates: list[Update] = field(default_factory=list)
    throttles: list[int] = field(default_factory=list)
    """How often it found no free Lambda, in each state it entered."""

    @property
    def ending(self) -> str:
        return (self.error or self.status) if self.status == "FAILED" else self.status

    @property
    def outcome(self) -> str | None:
        """What its ending says of the alias; None for an ending that neither way leads to."""
        return _OUTCOME_OF.get(self.ending)


def broken(seen: Seen) -> list[str]:
    """Return a sentence for each promise that was broken."""
    checks = (_late_rather_than_wrong, _whole, _nobody_overwritten, _unclaimed, _once, _true_ending, _true_entry)
    return [sentence for check in checks for sentence in check(seen)]


def _late_rather_than_wrong(seen: Seen) -> Iterator[str]:
    if seen.outcome != seen.wanted:
        yield f"wrong, not late: it was to end {seen.wanted}, and ended as {seen.ending}: {seen.cause}"


def _whole(seen: Seen) -> Iterator[str]:
    if seen.alias.alone is None:
        yield f"P1: the alias is at {seen.alias.say()}"


def _nobody_overwritten(seen: Seen) -> Iterator[str]:
    if any(update.revision_id is None for update in seen.updates):
        yield "P2: the alias was written without a RevisionId"


def _unclaimed(seen: Seen) -> Iterator[str]:
    if seen.claim_left:
        yield f"P3: the claim is still held by {seen.claim_left.rpartition(':')[2]}"


def _once(seen: Seen) -> Iterator[str]:
    if seen.executions != 1:
        yield f"P7: the version had {seen.executions} executions"
    if len(seen.rollouts) > 1:
        yield f"P7: the ledger has {len(seen.rollouts)} rollouts of it"


def _true_ending(seen: Seen) -> Iterator[str]:
    served = _VERSION_OF[seen.outcome] if seen.outcome else None
    if served and seen.alias.alone != served:
        yield f"P10: it ended as {seen.ending}, with the alias at {seen.alias.say()}"
    if seen.ending == "RolloutRolledBack" and f"serves version {STABLE} alone" not in seen.cause:
        yield f"P10: RolloutRolledBack, and its Cause says: {seen.cause}"
    if seen.status == "FAILED" and not seen.cause:
        yield f"P10: {seen.ending} has no Cause"


def _true_entry(seen: Seen) -> Iterator[str]:
    if seen.updates and not seen.rollouts:
        yield "P10: the ledger has lost the rollout"
    for entry in seen.rollouts:
        outcome = entry["outcome"]
        if seen.outcome and outcome != seen.outcome:
            yield f"P10: it ended as {seen.ending}, and the ledger says {outcome}"
        elif not entry.get("ended_at") or not entry.get("reason"):
            yield f"P10: the ledger says {outcome} without a time or a reason"
