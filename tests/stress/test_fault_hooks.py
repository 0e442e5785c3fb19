"""The checks of hooks in `stress.faults`: a hook stops its rollout or lets it go on, and nothing else (P6)."""

from dataclasses import replace

import pytest

from stress.faults.checks.hook_effect import missing_hook_effect
from stress.faults.checks.promises import broken_promises
from stress.faults.hooks import HEALTHY_HOOK
from stress.faults.matrix.cells import cells
from stress.faults.matrix.hook_faults import HOOK_FAULTS
from stress.faults.observed_rollout import AliasUpdate
from tests.stress.observed_rollouts import (
    AT_CANARY,
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

CALLED, BEGUN = frozenset({"RunBeforeTrafficHooks"}), frozenset({"RunBeforeTrafficHooks", "ShiftTraffic"})
HUNG = "the hook: its call failed (States.Timeout)"
STOPPED_BEFORE_TRAFFIC = replace(
    REJECTED,
    cell=cell("JudgeCanary-before-traffic", "hook-hangs"),
    error="StoppedBeforeTrafficError",
    cause=f"shop:live was not touched: {HUNG}",
    states=CALLED,
)
STOPPED_IN_STEP = replace(
    ROLLED_BACK,
    cell=cell("JudgeCanary-each-step", "hook-hangs"),
    cause=f"shop:live serves version 2 alone again; {HUNG}",
    states=BEGUN | {"RunRollbackHooks"},
)
DECIDED_LATE = replace(
    PROMOTED,
    cell=cell("JudgeCanary-each-step", "hook-late"),
    evaluation_reasons=["the hook: not decided"],
    states=BEGUN,
)
STOPPED_BY_HAND = replace(
    STOPPED, cell=cell("JudgeCanary-before-traffic", "hook-stopped"), updates=[], rollouts=[], states=CALLED
)
REDRIVEN = replace(PROMOTED, cell=cell("JudgeCanary-before-traffic", "hook-redriven"), states=BEGUN)

KEPT = {
    "stopped before traffic": STOPPED_BEFORE_TRAFFIC,
    "stopped in a step": STOPPED_IN_STEP,
    "decided late": DECIDED_LATE,
    "stopped by hand": STOPPED_BY_HAND,
    "alias written again by the guardian": replace(
        STOPPED_BY_HAND,
        updates=[AliasUpdate("r0", by_hand=False, by_guardian=True)],
        holders={EXECUTION},
        rollouts=[entry("rejected")],
    ),
    "stopped before traffic, as JudgeCanary failed": replace(
        STOPPED_BEFORE_TRAFFIC, cell=cell("JudgeCanary-before-traffic", "raises-before"), states=CALLED | {"RollBack"}
    ),
    "restored before traffic, as RollBack failed too": replace(
        ROLLED_BACK,
        cell=cell("JudgeCanary-before-traffic", "raises-before"),
        states=CALLED | {"RollBack", "RestoreAlias", "RunRollbackHooks"},
    ),
    "redriven": REDRIVEN,
    "redriven after the guardian": replace(STOPPED_BEFORE_TRAFFIC, cell=REDRIVEN.cell, error="RolloutRejected"),
    "edited": replace(HANDED_OVER, cell=cell("JudgeCanary-each-step", "hook-edited"), states=BEGUN),
    "without hooks": PROMOTED,
}


@pytest.mark.parametrize("case", KEPT)
def test_hook_that_decides_as_documented_is_no_failure(case):
    assert (missing_hook_effect(KEPT[case]), broken_promises(KEPT[case])) == ("", [])


NO_EFFECT = {
    "promoted without a verdict": (replace(DECIDED_LATE, cell=STOPPED_IN_STEP.cell), "expected the ending"),
    "rolled back before traffic": (replace(STOPPED_IN_STEP, cell=STOPPED_BEFORE_TRAFFIC.cell), "expected the ending"),
    "hook that no reason names": (replace(DECIDED_LATE, evaluation_reasons=[]), "no reason says"),
    "rollback without its hooks": (replace(STOPPED_IN_STEP, states=BEGUN), "RunRollbackHooks was not entered"),
    "hooks of a rollback after a promotion": (
        replace(DECIDED_LATE, states=STOPPED_IN_STEP.states),
        "RunRollbackHooks was entered",
    ),
}


@pytest.mark.parametrize("case", NO_EFFECT)
def test_hook_without_its_effect_is_a_failure(case):
    observed, words = NO_EFFECT[case]
    assert words in missing_hook_effect(observed)


@pytest.mark.parametrize(
    "observed",
    [
        replace(STOPPED_BY_HAND, updates=[AliasUpdate("r0", by_hand=False)]),
        replace(STOPPED_BY_HAND, updates=[AliasUpdate("r0", by_hand=False)], states=CALLED | {"RollBack"}),
        replace(STOPPED_BY_HAND, alias=SPLIT),
        replace(STOPPED_BY_HAND, alias=AT_CANARY),
    ],
)
def test_alias_that_is_moved_before_traffic_breaks_p6(observed):
    assert "P6" in {sentence.partition(":")[0] for sentence in broken_promises(observed)}


def test_each_fault_of_a_hook_occurs_at_each_point_and_nowhere_else():
    faults = {fault.name for fault in HOOK_FAULTS}
    possible = {cell.name for cell in cells() if cell.fault.name in faults and not cell.impossible(frozenset())}
    points = ("before-traffic", "each-step", "after-traffic")
    assert possible == {f"JudgeCanary-{point}:{fault}" for point in points for fault in faults}


def test_fault_of_a_hook_occurs_in_no_call_of_the_healthy_one():
    callers = {fault.request["caller"] for fault in HOOK_FAULTS}
    assert [caller for caller in callers if caller in HEALTHY_HOOK] == []


def test_fault_of_a_task_is_added_while_the_hook_runs_and_that_of_a_hook_before():
    assert cell("JudgeCanary-each-step", "killed-before").is_added_late
    assert not cell("JudgeCanary-each-step", "hook-hangs").is_added_late
    assert not cell("JudgeCanary-each-step", "cannot-run").is_added_late
    assert cell("JudgeCanary-approve", "cannot-run").is_added_late
    assert not cell("JudgeCanary", "killed-before").is_added_late
