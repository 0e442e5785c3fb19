"""Whether a freeze of the stack reached the rollout of a cell: otherwise the cell shows nothing."""

from stress.faults.matrix.fault import OutsideAction
from stress.faults.observed_rollout import ObservedRollout

_FROZEN = "the stack is frozen"
_BEFORE_SHARE = ("PrepareRollout", "ShiftTraffic", "JudgeCanary-approve")
"""The states after whose write the rollout would get a larger share, at an evaluation that begins in the freeze."""


def missing_effect(observed: ObservedRollout) -> str:
    """Return why the freeze did not do what it orders; empty if it did, or could not."""
    cell = observed.cell
    match cell.fault.outside_action:
        case OutsideAction.FREEZE:
            is_due = cell.state.label in _BEFORE_SHARE
            is_met = any(_FROZEN in reason for reason in observed.evaluation_reasons)
        case OutsideAction.FREEZE_AND_ROLL_BACK:
            is_due = not (cell.is_canary_unhealthy or cell.state.command or cell.state.is_at_end)
            is_met = observed.ending == "RolloutRolledBack" and _FROZEN in observed.cause
        case _:
            return ""
    return "" if is_met or not is_due else f"the freeze had no effect on the rollout: {observed.cause}"
