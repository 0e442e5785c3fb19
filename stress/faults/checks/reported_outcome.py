"""P10: whether the ending, its Cause and the ledger state what the alias serves."""

from collections.abc import Iterator
from typing import Any

from stress.faults.observed_rollout import CANARY, EDITED_VERSION, NEWER, STABLE, ObservedRollout

_SERVED_VERSION = {"promoted": CANARY, "rolled_back": STABLE}
_OUTCOME = {"SUCCEEDED": "promoted", "RolloutRolledBack": "rolled_back"}
_ACCEPTED_ENDINGS = frozenset({"SUCCEEDED", "RolloutRolledBack", "RolloutHandedOver", "RollbackFailed"})
"""The endings of accepted rollouts; every other error is a rejection."""


def is_rejection(observed: ObservedRollout) -> bool:
    return observed.status == "FAILED" and observed.ending not in _ACCEPTED_ENDINGS


def check_reported_outcome(observed: ObservedRollout) -> Iterator[str]:
    """Yield a sentence for each statement about the alias that is false or missing."""
    yield from _check_ending(observed)
    yield from _check_cause(observed)
    yield from _check_reason_for_alarm(observed)
    if observed.own_updates and not observed.rollouts:
        yield "P10: the ledger has no entry of the rollout"
    for entry in observed.rollouts:
        yield from _check_entry(entry, observed)


def _check_ending(observed: ObservedRollout) -> Iterator[str]:
    outcome = _OUTCOME.get(observed.ending)
    is_next_rollout = bool(observed.next_execution) and NEWER in observed.alias_at_end.versions
    if not outcome or is_next_rollout:
        return
    # No state reads the alias after the evaluation that decides the promotion: none sees an edit during its write.
    cell = observed.cell
    is_edited_last = bool(observed.edit_revision) and cell.state.is_at_end and not cell.fault.hook
    edited = EDITED_VERSION.get(cell.fault.outside_action)
    if observed.alias_at_end.unsplit_version != (edited if is_edited_last else _SERVED_VERSION[outcome]):
        yield f"P10: the ending is {observed.ending}, but the alias serves {observed.alias_at_end.format()}"


def _check_cause(observed: ObservedRollout) -> Iterator[str]:
    if observed.status == "FAILED" and not observed.cause:
        yield f"P10: {observed.ending} has no Cause"
    if observed.ending == "RolloutRolledBack" and f"serves version {STABLE} alone" not in observed.cause:
        yield f"P10: the Cause of RolloutRolledBack does not name the stable version: {observed.cause}"


def _check_reason_for_alarm(observed: ObservedRollout) -> Iterator[str]:
    # The guardian may repair the alias before this program reads it.
    is_repaired = bool(observed.updates) and observed.updates[-1].by_guardian
    if observed.ending == "RollbackFailed" and observed.alias_at_end.unsplit_version and not is_repaired:
        yield f"P10: the ending is RollbackFailed, but the alias is unsplit: {observed.alias_at_end.format()}"
    if observed.ending == "RolloutHandedOver" and not observed.edit_revision:
        yield f"P10: the ending is RolloutHandedOver without an outside edit: {observed.cause}"


def _check_entry(entry: dict[str, Any], observed: ObservedRollout) -> Iterator[str]:
    outcome, alias = entry["outcome"], observed.alias
    if outcome == "running":
        if not is_rejection(observed):  # P6 reports a rejection
            yield "P10: the ledger's entry is still running"
        return
    if not entry.get("ended_at") or not entry.get("reason"):
        yield f"P10: the ledger's entry is {outcome}, but has no time or no reason"
    if not observed.edit_revision and not _is_served(outcome, observed):
        yield f"P10: the ledger's entry is {outcome}, but the alias serves {alias.format()}"
    is_edit_cell = observed.cell.fault.outside_action in EDITED_VERSION
    if outcome == "rollback_failed" and alias.unsplit_version and not is_edit_cell:
        yield f"P10: the ledger's entry is {outcome}, but the alias is unsplit: {alias.format()}"


def _is_served(outcome: str, observed: ObservedRollout) -> bool:
    """Whether the alias serves the version that the outcome names, or the newer one once it is rolled out."""
    served = _SERVED_VERSION.get(outcome)
    return served is None or observed.alias.unsplit_version in (served, NEWER if observed.next_execution else served)
