"""P10: reading the canary's log never changes how a rollout ends, and the ledger says what became of it."""

from collections.abc import Iterator

from stress.faults.matrix.fault import OutsideAction
from stress.faults.observed_rollout import ObservedRollout

_ENDS_EXECUTION = (OutsideAction.STOP, OutsideAction.TIME_OUT, OutsideAction.ABORT)
"""The guardian closes such a rollout, and reads no log."""


def check_log_reading(observed: ObservedRollout) -> Iterator[str]:
    """Yield a sentence if a fault in ReadCanaryLogs changed the ending, or left the ledger without a result."""
    cell = observed.cell
    if cell.state.name != "ReadCanaryLogs" or cell.fault.outside_action in _ENDS_EXECUTION:
        return
    if observed.ending != "RolloutRolledBack":
        yield f"P10: a fault in reading the log changed the ending to {observed.ending}: {observed.cause}"
    for entry in observed.rollouts:
        if not entry.get("canary_logs"):
            yield "P10: the ledger does not say what the canary's log shows, or why it was not read"
