"""Observed rollouts that keep every promise, from which the tests of the checks of `stress.faults` make broken ones."""

from dataclasses import replace

from stress.faults.matrix.cells import Cell
from stress.faults.matrix.fault_list import FAULTS
from stress.faults.matrix.states import STATES
from stress.faults.observed_rollout import Alias, AliasUpdate, ObservedRollout

EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:rollouts:one"
AT_CANARY, AT_STABLE = Alias("3", {}, "r2"), Alias("2", {}, "r2")
AT_OTHER_VERSION, SPLIT = Alias("1", {}, "r2"), Alias("2", {"3": 0.5}, "r2")


def cell(label, fault_name):
    state = next(state for state in STATES if state.label == label)
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
