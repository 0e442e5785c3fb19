"""The checks of `stress.faults`: each broken promise is reported, and a correct rollout breaks none."""

from dataclasses import replace

import pytest

from stress.faults.checks.promises import broken_promises
from stress.faults.matrix.cells import cells
from stress.faults.matrix.fault import OutsideAction
from stress.faults.matrix.fault_list import FAULTS
from stress.faults.matrix.states import STATES
from stress.faults.observed_rollout import AliasUpdate
from tests.stress.observed_rollouts import (
    AT_STABLE,
    EXECUTION,
    HANDED_OVER,
    PROMOTED,
    REJECTED,
    ROLLED_BACK,
    SPLIT,
    STOPPED,
    cell,
    entry,
)


@pytest.mark.parametrize("observed", [PROMOTED, ROLLED_BACK, HANDED_OVER, REJECTED, STOPPED])
def test_correct_rollout_breaks_no_promise(observed):
    assert broken_promises(observed) == []


CANNOT_RUN = replace(
    ROLLED_BACK,
    cell=cell("JudgeCanary", "cannot-run"),
    cause="shop:live serves version 2 alone again; unhealthy: the canary does not get its share of 50 % of the calls",
)


def test_canary_that_cannot_be_invoked_is_found_by_its_missing_calls():
    assert broken_promises(CANNOT_RUN) == []
    (request,) = CANNOT_RUN.cell.fault_requests
    assert request == {"action": "lambda:RunVersion", "caller": "version 3"}
    assert CANNOT_RUN.cell.impossible(frozenset()) == ""
    assert cell("ShiftTraffic", "cannot-run").impossible(frozenset()) == "only JudgeCanary can find it"


BROKEN = {
    "canary that cannot be invoked is held": (
        replace(CANNOT_RUN, cause="shop:live serves version 2 alone again; missing data never passes"),
        "P5",
    ),
    "alias stays split": (replace(STOPPED, alias=SPLIT, unsplit_after_seconds=None, rollouts=[]), "P1"),
    "update without a revision": (replace(PROMOTED, updates=[AliasUpdate(None, by_hand=False)]), "P2"),
    "edit overwritten": (replace(HANDED_OVER, edit_revision="r1"), "P2"),
    "update without the lock": (replace(PROMOTED, holders=frozenset()), "P3"),
    "lock held by another execution": (replace(PROMOTED, holders=frozenset({"another"})), "P3"),
    "lock not released": (replace(PROMOTED, remaining_lock_holder=EXECUTION), "P3"),
    "rolled back because of its own write": (replace(ROLLED_BACK, cell=PROMOTED.cell), "P4"),
    "promoted without data": (replace(PROMOTED, cell=cell("JudgeCanary", "metrics-empty")), "P5"),
    "rejected after a write": (
        replace(REJECTED, updates=[AliasUpdate("r0", by_hand=False)], holders={EXECUTION}),
        "P6",
    ),
    "rejected with a running entry": (replace(REJECTED, rollouts=[entry("running")]), "P6"),
    "started twice": (replace(PROMOTED, executions=2), "P7"),
    "registered twice": (replace(PROMOTED, rollouts=[entry("promoted")] * 2), "P7"),
    "newer version not rolled out": (replace(PROMOTED, cell=cell("JudgeCanary", "newer-version")), "P8"),
    "succeeded with stable served": (replace(PROMOTED, alias_at_end=AT_STABLE), "P10"),
    "RollbackFailed with an unsplit alias": (replace(ROLLED_BACK, cell=STOPPED.cell, error="RollbackFailed"), "P10"),
    "handed over without an edit": (
        replace(HANDED_OVER, edit_revision="", alias=AT_STABLE, alias_at_end=AT_STABLE),
        "P10",
    ),
    "missing in the ledger": (replace(PROMOTED, rollouts=[]), "P10"),
    "entry still running": (replace(PROMOTED, rollouts=[entry("running")]), "P10"),
    "promoted by a fault in reading the log": (replace(PROMOTED, cell=cell("ReadCanaryLogs", "denied")), "P10"),
    "nothing said of the log": (replace(ROLLED_BACK, cell=cell("ReadCanaryLogs", "denied")), "P10"),
    "false outcome in the ledger": (replace(PROMOTED, rollouts=[entry("rolled_back")]), "P10"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_promise_is_reported_by_number(case):
    observed, promise = BROKEN[case]
    assert {sentence.partition(":")[0] for sentence in broken_promises(observed)} >= {promise}


def test_each_state_has_each_fault_or_a_reason_against_it():
    all_actions = frozenset({"lambda:UpdateAlias", "dynamodb:PutItem", "cloudwatch:GetMetricData", "logs:StartQuery"})
    assert len({cell.name for cell in cells()}) == len(STATES) * len(FAULTS)
    impossible = [cell for cell in cells() if cell.impossible(all_actions) and not is_narrow(cell.fault)]
    assert all(not cell.state.is_function or cell.fault.outside_action is OutsideAction.DELETE for cell in impossible)


def is_narrow(fault):
    """Whether only some states can meet a fault."""
    is_of_command = fault.outside_action is OutsideAction.COMMAND_AGAIN or fault.name == "stop-throttled"
    return fault.is_found or fault.hook is not None or is_of_command


def test_only_a_command_is_repeated_and_only_an_abort_stops_an_execution():
    allowed = frozenset({"lambda:UpdateAlias", "dynamodb:PutItem", "states:StopExecution", "logs:StartQuery"})
    possible = {cell.name for cell in cells() if not cell.impossible(allowed)}
    assert {name for name in possible if name.endswith((":stop-throttled", ":command-repeated"))} == {
        "TakeCommand-abort:stop-throttled",
        "TakeCommand-abort:command-repeated",
        "TakeCommand-approve:command-repeated",
    }


def test_role_without_the_states_own_write_raises():
    """A wrong role must not be listed as cells that cannot exist."""
    with pytest.raises(ValueError, match="RestoreAlias writes by lambda:UpdateAlias"):
        cell("RestoreAlias", "alias-throttled").impossible(frozenset({"sts:AssumeRole"}))
