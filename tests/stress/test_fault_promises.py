"""The checks of `stress.faults`: each broken promise is reported, and a correct rollout breaks none."""

from dataclasses import replace

import pytest

from stress.faults.cells import Cell, cells
from stress.faults.fault_list import FAULTS, OutsideAction
from stress.faults.observed_rollout import Alias, AliasUpdate, ObservedRollout
from stress.faults.promises import broken_promises
from stress.faults.states import STATES

EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:rollouts:one"
AT_CANARY, AT_STABLE = Alias("3", {}, "r2"), Alias("2", {}, "r2")
AT_OTHER_VERSION, SPLIT = Alias("1", {}, "r2"), Alias("2", {"3": 0.5}, "r2")


def cell(state_name, fault_name):
    state = next(state for state in STATES if state.name == state_name)
    return Cell(state, next(fault for fault in FAULTS if fault.name == fault_name))


def entry(outcome):
    return {"outcome": outcome, "reason": "because", "ended_at": "2026-11-22"}


PROMOTED = ObservedRollout(
    cell=cell("ShiftTraffic", "killed-after"),
    execution=EXECUTION,
    executions=1,
    status="SUCCEEDED",
    error="",
    cause="",
    alias=AT_CANARY,
    alias_at_end=AT_CANARY,
    unsplit_after_seconds=0.0,
    limit_seconds=50,
    updates=[AliasUpdate("r0", by_hand=False), AliasUpdate("r1", by_hand=False)],
    rollouts=[entry("promoted")],
    holders=frozenset({EXECUTION}),
    faults_occurred=1,
)
ROLLED_BACK = replace(
    PROMOTED,
    cell=cell("RollBack", "killed-after"),
    status="FAILED",
    error="RolloutRolledBack",
    cause="shop:live serves version 2 alone again",
    alias=AT_STABLE,
    alias_at_end=AT_STABLE,
    rollouts=[entry("rolled_back")],
)
HANDED_OVER = replace(
    ROLLED_BACK,
    cell=cell("ShiftTraffic", "edited"),
    error="RolloutHandedOver",
    cause="another writer moved it",
    alias=AT_OTHER_VERSION,
    alias_at_end=AT_OTHER_VERSION,
    edit_revision="r2",
    rollouts=[entry("handed_over")],
)
REJECTED = replace(
    ROLLED_BACK,
    cell=cell("PrepareRollout", "denied"),
    error="ClientError",
    updates=[],
    rollouts=[],
    holders=frozenset(),
)
STOPPED = replace(ROLLED_BACK, cell=cell("ShiftTraffic", "stopped-after"), status="ABORTED", error="StoppedByTest")


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
    "false outcome in the ledger": (replace(PROMOTED, rollouts=[entry("rolled_back")]), "P10"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_promise_is_reported_by_number(case):
    observed, promise = BROKEN[case]
    assert {sentence.partition(":")[0] for sentence in broken_promises(observed)} >= {promise}


def test_each_state_has_each_fault_or_a_reason_against_it():
    all_actions = frozenset({"lambda:UpdateAlias", "dynamodb:PutItem", "cloudwatch:GetMetricData"})
    assert len({cell.name for cell in cells()}) == len(STATES) * len(FAULTS)
    impossible = [cell for cell in cells() if cell.impossible(all_actions) and not cell.fault.is_found]
    assert all(not cell.state.is_function or cell.fault.outside_action is OutsideAction.DELETE for cell in impossible)


def test_role_without_the_states_own_write_raises():
    """A wrong role must not be listed as cells that cannot exist."""
    with pytest.raises(ValueError, match="RestoreAlias writes by lambda:UpdateAlias"):
        cell("RestoreAlias", "alias-throttled").impossible(frozenset({"sts:AssumeRole"}))
