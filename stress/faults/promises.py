"""Which promises a rollout that was played has broken, from what was seen of it from outside."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from stress.faults.cells import Act, Cell

STRANGE, STABLE, CANARY, NEWER = "1", "2", "3", "4"
"""The versions of every function that is played with; nobody but the stranger points anything at his."""
CHECKED = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P10")
_VERSION_OF = {"promoted": CANARY, "rolled_back": STABLE}
_OUTCOME_OF = {"SUCCEEDED": "promoted", "RolloutRolledBack": "rolled_back"}


GUARDIAN = "guardian"
"""Who holds a claim that was taken from a rollout that runs no longer."""

ENOUGH_LOOKS = 4
"""A rollout that was over sooner may have held its claim between two looks."""


@dataclass(frozen=True)
class Alias:
    """Where an alias points."""

    version: str
    weights: dict[str, float]
    revision_id: str

    @property
    def alone(self) -> str | None:
        """The version it serves alone."""
        return None if self.weights else self.version

    @property
    def versions(self) -> set[str]:
        return {self.version, *self.weights}

    def say(self) -> str:
        shares = "".join(f", {weight:.0%} to version {version}" for version, weight in self.weights.items())
        return f"version {self.version}{shares or ' alone'}"


@dataclass(frozen=True)
class Update:
    """One UpdateAlias that was carried out, as CloudTrail tells of it."""

    revision_id: str | None
    by_hand: bool
    by_guardian: bool = False


@dataclass(frozen=True)
class Seen:
    """What was seen of a rollout."""

    cell: Cell
    execution: str
    executions: int
    status: str
    error: str
    cause: str
    alias: Alias
    alias_at_end: Alias
    """When the execution ended."""
    whole_after: float | None
    """Seconds from the execution's end until the alias was whole for good; None if it never was."""
    limit_seconds: float
    updates: list[Update] = field(default_factory=list)
    edited: str = ""
    """The alias's revision after the stranger's edit."""
    rollouts: list[dict[str, Any]] = field(default_factory=list)
    """The ledger's entries of the version's rollouts, as plain values."""
    follower: str = ""
    """The execution that was asked to roll out a newer version meanwhile."""
    follower_ending: str = ""
    holders: frozenset[str] = frozenset()
    """Everybody who was seen with the claim."""
    evaluations: int = ENOUGH_LOOKS
    """How often the claim was looked at while the execution ran."""
    claim_left: str = ""
    struck: int = 0
    acted: str = ""
    """What became of the act from outside, if it was refused."""

    @property
    def ending(self) -> str:
        return (self.error or self.status) if self.status == "FAILED" else self.status

    @property
    def writes(self) -> list[Update]:
        """The orchestrator's own."""
        return [update for update in self.updates if not update.by_hand]


def broken(seen: Seen) -> list[str]:
    """Return a sentence for each promise that was broken."""
    checks = (_whole, _nobody_overwritten, _one_writer, _repeatable, _silence, _untouched, _once, _followed, _true)
    return [sentence for check in checks for sentence in check(seen)]


def _whole(seen: Seen) -> Iterator[str]:
    if seen.whole_after is None and not seen.edited:
        yield f"P1: {seen.limit_seconds:g} s after the execution's end the alias is at {seen.alias.say()}"


def _nobody_overwritten(seen: Seen) -> Iterator[str]:
    if any(update.revision_id is None for update in seen.writes):
        yield "P2: the alias was written without a RevisionId"
    if seen.edited and seen.alias.revision_id != seen.edited and not _began_from_the_edit(seen):
        yield f"P2: edited by hand to version {STRANGE} alone, the alias was moved to {seen.alias.say()}"


def _began_from_the_edit(seen: Seen) -> bool:
    """Whether the alias was edited before the rollout looked at it, which then took what it found for stable."""
    return any(entry.get("stable_version") == STRANGE for entry in seen.rollouts)


def _one_writer(seen: Seen) -> Iterator[str]:
    if seen.writes and not seen.holders and seen.evaluations >= ENOUGH_LOOKS:
        yield "P3: the alias was written, and nobody was seen with the claim"
    if strangers := seen.holders - {seen.execution, seen.follower}:
        yield f"P3: the claim was held by {', '.join(strangers)}"
    if seen.claim_left:
        yield f"P3: the claim is still held by {seen.claim_left.rpartition(':')[2]}"


def _repeatable(seen: Seen) -> Iterator[str]:
    expected = "RolloutRolledBack" if seen.cell.is_sick else "SUCCEEDED"
    if seen.cell.fault.is_harmless and seen.ending != expected:
        yield f"P4: once repeated it was to end as {expected}, and it ended as {seen.ending}"


def _silence(seen: Seen) -> Iterator[str]:
    if seen.cell.fault.order.get("cut") and seen.cell.state.name == "JudgeCanary" and seen.ending == "SUCCEEDED":
        yield "P5: promoted, and CloudWatch had told nothing whole"


def _untouched(seen: Seen) -> Iterator[str]:
    if seen.ending in _LATER_ENDINGS or seen.status != "FAILED":
        return
    if seen.writes:
        yield f"P6: rejected with {seen.ending}, and the alias was written {len(seen.writes)} times"
    if any(rollout["outcome"] == "running" for rollout in seen.rollouts):
        yield f"P6: rejected with {seen.ending}, and the ledger has it running"


def _once(seen: Seen) -> Iterator[str]:
    if seen.executions != 1:
        yield f"P7: the version had {seen.executions} rollouts"
    if len(seen.rollouts) > 1:
        yield f"P7: the ledger has {len(seen.rollouts)} rollouts of it"


def _followed(seen: Seen) -> Iterator[str]:
    if seen.cell.fault.act is Act.PUBLISH and seen.follower_ending != "SUCCEEDED":
        yield f"P8: the newer version's rollout ended as {seen.follower_ending or 'none was started'}"


def _true(seen: Seen) -> Iterator[str]:
    yield from _true_ending(seen)
    if seen.writes and not seen.rollouts:
        yield "P10: the ledger has lost the rollout"
    for rollout in seen.rollouts:
        yield from _true_entry(rollout, seen)


def _true_ending(seen: Seen) -> Iterator[str]:
    outcome = _OUTCOME_OF.get(seen.ending)
    edited_last = bool(seen.edited) and seen.cell.state.name == "CloseRollout"  # the ending was known before the edit
    is_next_ones = bool(seen.follower) and NEWER in seen.alias_at_end.versions  # its turn has come
    if outcome and not is_next_ones and seen.alias_at_end.alone != (STRANGE if edited_last else _VERSION_OF[outcome]):
        yield f"P10: it ended as {seen.ending}, with the alias at {seen.alias_at_end.say()}"
    if seen.status == "FAILED" and not seen.cause:
        yield f"P10: {seen.ending} has no Cause"
    if seen.ending == "RolloutRolledBack" and f"serves version {STABLE} alone" not in seen.cause:
        yield f"P10: RolloutRolledBack, and its Cause says: {seen.cause}"
    was_mended = bool(seen.updates) and seen.updates[-1].by_guardian  # which may come before we have looked
    if seen.ending == "RollbackFailed" and seen.alias_at_end.alone and not was_mended:
        yield f"P10: RollbackFailed pages somebody, and the alias is whole at {seen.alias_at_end.say()}"
    if seen.ending == "RolloutHandedOver" and not seen.edited:
        yield f"P10: RolloutHandedOver, and nobody else has touched the alias: {seen.cause}"


def _true_entry(rollout: dict[str, Any], seen: Seen) -> Iterator[str]:
    outcome = rollout["outcome"]
    if outcome == "running":
        if seen.ending in _LATER_ENDINGS or seen.status != "FAILED":  # else it is P6
            yield "P10: the ledger has the rollout still running"
        return
    if not rollout.get("ended_at") or not rollout.get("reason"):
        yield f"P10: the ledger says {outcome} without a time or a reason"
    served = _VERSION_OF.get(outcome)
    if served and seen.alias.alone not in (served, NEWER if seen.follower else served) and not seen.edited:
        yield f"P10: the ledger says {outcome}, and the alias is at {seen.alias.say()}"
    if outcome == "rollback_failed" and seen.alias.alone and seen.cell.fault.act is not Act.EDIT:
        yield f"P10: the ledger says {outcome}, and the alias is whole at {seen.alias.say()}"


_LATER_ENDINGS = frozenset({"SUCCEEDED", "RolloutRolledBack", "RolloutHandedOver", "RollbackFailed"})
"""How a rollout ends that was accepted; every other error is a rejection."""
