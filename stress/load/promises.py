"""The promises that a rollout under load broke."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stress.faults.observed_rollout import Alias, AliasUpdate

STABLE, CANARY = "1", "2"
"""The versions of every function."""
PROMOTED, ROLLED_BACK = "promoted", "rolled_back"
_ENDING = {PROMOTED: "SUCCEEDED", ROLLED_BACK: "RolloutRolledBack"}
_SERVED_VERSION = {PROMOTED: CANARY, ROLLED_BACK: STABLE}
_OUTCOME = {ending: outcome for outcome, ending in _ENDING.items()}


@dataclass(frozen=True)
class RolloutResult:
    """Everything observed of one rollout."""

    function: str
    required_outcome: str
    """The outcome that the policy requires."""
    executions: int
    status: str
    error: str
    cause: str
    started_at: datetime
    stopped_at: datetime | None
    alias: Alias
    entries: list[dict[str, Any]] = field(default_factory=list)
    """The ledger's entries of the function's rollouts."""
    remaining_lock_holder: str = ""
    updates: list[AliasUpdate] = field(default_factory=list)
    throttled_attempts: list[int] = field(default_factory=list)
    """For each state entered, how many attempts Lambda throttled."""
    states: Counter[str] = field(default_factory=Counter)
    """How often the execution entered each state."""

    @property
    def ending(self) -> str:
        return (self.error or self.status) if self.status == "FAILED" else self.status

    @property
    def outcome(self) -> str | None:
        """The outcome that the ending states; None for an ending that is neither a promotion nor a rollback."""
        return _OUTCOME.get(self.ending)


def broken_promises(result: RolloutResult) -> list[str]:
    """Return a sentence for each broken promise."""
    checks = (
        _check_outcome,
        _check_alias_is_unsplit,
        _check_nothing_is_overwritten,
        _check_lock_is_released,
        _check_rolled_out_once,
        _check_ending,
        _check_entries,
    )
    return [sentence for check in checks for sentence in check(result)]


def _check_outcome(result: RolloutResult) -> Iterator[str]:
    if result.outcome != result.required_outcome:
        yield f"outcome: {result.required_outcome} is required, the ending is {result.ending}: {result.cause}"


def _check_alias_is_unsplit(result: RolloutResult) -> Iterator[str]:
    if result.alias.unsplit_version is None:
        yield f"P1: the alias serves {result.alias.format()}"


def _check_nothing_is_overwritten(result: RolloutResult) -> Iterator[str]:
    if any(update.revision_id is None for update in result.updates):
        yield "P2: an UpdateAlias call had no RevisionId"


def _check_lock_is_released(result: RolloutResult) -> Iterator[str]:
    if result.remaining_lock_holder:
        yield f"P3: the lock is still held by {result.remaining_lock_holder.rpartition(':')[2]}"


def _check_rolled_out_once(result: RolloutResult) -> Iterator[str]:
    if result.executions != 1:
        yield f"P7: the version had {result.executions} executions"
    if len(result.entries) > 1:
        yield f"P7: the ledger has {len(result.entries)} rollouts of the version"


def _check_ending(result: RolloutResult) -> Iterator[str]:
    served = _SERVED_VERSION[result.outcome] if result.outcome else None
    if served and result.alias.unsplit_version != served:
        yield f"P10: the ending is {result.ending}, but the alias serves {result.alias.format()}"
    if result.ending == "RolloutRolledBack" and f"serves version {STABLE} alone" not in result.cause:
        yield f"P10: the Cause of RolloutRolledBack does not name the stable version: {result.cause}"
    if result.status == "FAILED" and not result.cause:
        yield f"P10: {result.ending} has no Cause"


def _check_entries(result: RolloutResult) -> Iterator[str]:
    if result.updates and not result.entries:
        yield "P10: the ledger has no entry of the rollout"
    for entry in result.entries:
        outcome = entry["outcome"]
        if result.outcome and outcome != result.outcome:
            yield f"P10: the ending is {result.ending}, but the ledger's entry is {outcome}"
        elif not entry.get("ended_at") or not entry.get("reason"):
            yield f"P10: the ledger's entry is {outcome}, but has no time or no reason"
