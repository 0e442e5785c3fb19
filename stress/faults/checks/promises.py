"""The promises that an observed rollout broke, P1 to P8; other modules check P10 and P11."""

from collections.abc import Iterator

from stress.faults.checks.log_reading import check_log_reading
from stress.faults.checks.obeyed_commands import check_commands
from stress.faults.checks.reported_outcome import check_reported_outcome, is_rejection
from stress.faults.given_command import ABORT
from stress.faults.matrix.cells import Cell
from stress.faults.matrix.fault import OutsideAction
from stress.faults.observed_rollout import (
    CANARY,
    EDITED_VERSION,
    MOST_READS_WITHOUT_LOCK,
    OTHER_VERSION,
    ObservedRollout,
)

MISSING_SHARE = "the canary does not get its share"
"""The Cause of a rollout whose canary cannot be invoked."""
CHECKED = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P10", "P11")


def broken_promises(observed: ObservedRollout) -> list[str]:
    """Return a sentence for each broken promise; it begins with the promise's number."""
    checks = (
        _check_alias_is_unsplit,
        _check_nothing_is_overwritten,
        _check_one_writer,
        _check_repeated_task,
        _check_missing_data,
        _check_fault_is_found,
        _check_rejection,
        _check_before_traffic,
        _check_rolled_out_once,
        _check_newer_version,
        check_reported_outcome,
        check_commands,
        check_log_reading,
    )
    return [sentence for check in checks for sentence in check(observed)]


def _check_alias_is_unsplit(observed: ObservedRollout) -> Iterator[str]:
    if observed.unsplit_after_seconds is None and not observed.edit_revision:
        alias = observed.alias.format()
        yield f"P1: {observed.limit_seconds:g} s after the end of the execution, the alias serves {alias}"


def _check_nothing_is_overwritten(observed: ObservedRollout) -> Iterator[str]:
    if any(update.revision_id is None for update in observed.own_updates):
        yield "P2: an UpdateAlias call had no RevisionId"
    is_moved = observed.alias.revision_id != observed.edit_revision
    if observed.edit_revision and is_moved and not _began_after_edit(observed):
        alias = observed.alias.format()
        edited = EDITED_VERSION[observed.cell.fault.outside_action]
        yield f"P2: an outside edit set version {edited} alone, and the alias now serves {alias}"


def _began_after_edit(observed: ObservedRollout) -> bool:
    """Whether the rollout read the alias after the edit, and so took the edited version for stable."""
    return any(entry.get("stable_version") == OTHER_VERSION for entry in observed.rollouts)


def _check_one_writer(observed: ObservedRollout) -> Iterator[str]:
    if observed.own_updates and not observed.holders and observed.reads_without_lock > MOST_READS_WITHOUT_LOCK:
        yield "P3: the alias was written, but no read found the lock held while the ledger had the rollout as running"
    if other_holders := observed.holders - {observed.execution, observed.next_execution}:
        yield f"P3: the lock was held by {', '.join(other_holders)}"
    if observed.remaining_lock_holder:
        yield f"P3: the lock is still held by {observed.remaining_lock_holder.rpartition(':')[2]}"


def _check_repeated_task(observed: ObservedRollout) -> Iterator[str]:
    expected = _expected_endings(observed.cell)
    if observed.cell.fault.is_harmless and observed.ending not in expected:
        yield f"P4: after the repeated task, expected the ending {' or '.join(expected)}, got {observed.ending}"


def _expected_endings(cell: Cell) -> tuple[str, ...]:
    """Return the endings under a harmless fault. RestoreAlias reads no revision: the guardian restores after it."""
    if cell.state.name == "RestoreAlias" and cell.fault.outside_action is OutsideAction.PERMIT:
        return ("RollbackFailed",)
    if cell.state.command == ABORT:  # the next evaluation rolls back if it is earlier than the repeated task
        return "ABORTED", "RolloutRolledBack"
    return ("RolloutRolledBack",) if cell.is_canary_unhealthy else ("SUCCEEDED",)


def _check_missing_data(observed: ObservedRollout) -> Iterator[str]:
    is_incomplete = observed.cell.fault.request.get("truncate") and observed.cell.state.name == "JudgeCanary"
    if is_incomplete and observed.ending == "SUCCEEDED":
        yield "P5: promoted on incomplete data from CloudWatch"


def _check_fault_is_found(observed: ObservedRollout) -> Iterator[str]:
    if observed.cell.fault.is_found and MISSING_SHARE not in observed.cause:
        yield f"P5: {observed.cell.fault.description}, and the ending is {observed.ending}: {observed.cause}"


def _check_rejection(observed: ObservedRollout) -> Iterator[str]:
    if not is_rejection(observed):
        return
    if observed.own_updates:
        yield f"P6: rejected with {observed.ending}, but the alias was written {len(observed.own_updates)} times"
    if any(rollout["outcome"] == "running" for rollout in observed.rollouts):
        yield f"P6: rejected with {observed.ending}, but the ledger's entry is still running"


def _check_before_traffic(observed: ObservedRollout) -> Iterator[str]:
    """Without a share for the canary, only RestoreAlias and the guardian write the alias, and leave it as it is."""
    if not observed.cell.state.is_before_traffic or observed.states & {"ShiftTraffic", "PromoteVersion"}:
        return
    if CANARY in observed.alias.versions:
        yield f"P6: the canary was given no share, but the alias serves {observed.alias.format()}"
    updates = [update for update in observed.own_updates if not update.by_guardian]
    if updates and "RestoreAlias" not in observed.states:
        yield f"P6: the canary was given no share, but the rollout wrote the alias {len(updates)} times"


def _check_rolled_out_once(observed: ObservedRollout) -> Iterator[str]:
    if observed.executions != 1:
        yield f"P7: the version had {observed.executions} executions"
    if len(observed.rollouts) > 1:
        yield f"P7: the ledger has {len(observed.rollouts)} rollouts of the version"


def _check_newer_version(observed: ObservedRollout) -> Iterator[str]:
    if observed.cell.fault.outside_action is OutsideAction.PUBLISH and observed.next_ending != "SUCCEEDED":
        yield f"P8: the ending of the newer version's rollout is {observed.next_ending or 'missing: none started'}"
