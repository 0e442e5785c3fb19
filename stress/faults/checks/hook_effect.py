"""Whether the hook of a cell did to its rollout what docs/hooks.md says: otherwise the cell fails."""

from collections.abc import Iterator

from stress.faults.matrix.fault import OutsideAction
from stress.faults.matrix.states import BEFORE_TRAFFIC
from stress.faults.observed_rollout import ObservedRollout

_ROLLED_BACK, _SUCCEEDED = "RolloutRolledBack", "SUCCEEDED"
_STOPPED_BEFORE_TRAFFIC = "StoppedBeforeTrafficError"
_CLOSED_BY_GUARDIAN = "RolloutRejected"
"""The ending of a redriven execution whose rollout the guardian closed before its first write."""
_ROLLBACK_HOOKS = "RunRollbackHooks"


def missing_hook_effect(observed: ObservedRollout) -> str:
    """Return what the hook did not do; empty if it did everything, or if the cell has none."""
    return "; ".join(_missing(observed)) if observed.cell.state.hook_point else ""


def _missing(observed: ObservedRollout) -> Iterator[str]:
    is_called = _ROLLBACK_HOOKS in observed.states
    if is_called != (observed.ending == _ROLLED_BACK):
        yield f"{_ROLLBACK_HOOKS} was {'entered' if is_called else 'not entered'} before {observed.ending}"
    if not (fault := observed.cell.fault.hook):
        return
    if observed.ending not in _expected_endings(observed):
        yield f"expected the ending {' or '.join(_expected_endings(observed))}, got {observed.ending}"
    if not any(fault.said in reason for reason in observed.all_reasons):
        yield f'no reason says of the hook "{fault.said}": {observed.all_reasons}'


def _expected_endings(observed: ObservedRollout) -> tuple[str, ...]:
    cell = observed.cell
    is_before = cell.state.hook_point == BEFORE_TRAFFIC
    stopped = _STOPPED_BEFORE_TRAFFIC if is_before else _ROLLED_BACK
    match cell.fault.outside_action:
        case OutsideAction.STOP:
            return ("ABORTED",)
        case OutsideAction.STOP_AND_REDRIVE:
            return _SUCCEEDED, _CLOSED_BY_GUARDIAN if is_before else _ROLLED_BACK
        case OutsideAction.ABORT:
            return "ABORTED", stopped
        case OutsideAction.EDIT:
            return ("RolloutHandedOver",)
        case _:
            return (stopped if cell.fault.hook and cell.fault.hook.is_bad else _SUCCEEDED,)
