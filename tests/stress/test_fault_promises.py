"""The fault suite's own judgement of what it saw: each promise can be broken, and a good rollout breaks none."""

from dataclasses import replace

import pytest

from stress.faults.cells import FAULTS, STATES, Act, Cell, cells
from stress.faults.promises import Alias, Seen, Update, broken

EXECUTION = "arn:aws:states:us-east-1:000000000000:execution:rollouts:one"
AT_CANARY, AT_STABLE = Alias("3", {}, "r2"), Alias("2", {}, "r2")
AT_STRANGE, SPLIT = Alias("1", {}, "r2"), Alias("2", {"3": 0.5}, "r2")


def cell(state, fault):
    return Cell(*(next(one for one in group if one.name == name) for group, name in ((STATES, state), (FAULTS, fault))))


def entry(outcome):
    return {"outcome": outcome, "reason": "because", "ended_at": "2026-11-22"}


PROMOTED = Seen(
    cell=cell("ShiftTraffic", "killed-after"),
    execution=EXECUTION,
    executions=1,
    status="SUCCEEDED",
    error="",
    cause="",
    alias=AT_CANARY,
    alias_at_end=AT_CANARY,
    whole_after=0.0,
    limit_seconds=50,
    updates=[Update("r0", by_hand=False), Update("r1", by_hand=False)],
    rollouts=[entry("promoted")],
    holders=frozenset({EXECUTION}),
    struck=1,
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
    cause="it was moved by another writer",
    alias=AT_STRANGE,
    alias_at_end=AT_STRANGE,
    edited="r2",
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


@pytest.mark.parametrize("seen", [PROMOTED, ROLLED_BACK, HANDED_OVER, REJECTED, STOPPED])
def test_a_rollout_that_ended_as_it_should_breaks_no_promise(seen):
    assert broken(seen) == []


BROKEN = {
    "split for good": (replace(STOPPED, alias=SPLIT, whole_after=None, rollouts=[]), "P1"),
    "written without a revision": (replace(PROMOTED, updates=[Update(None, by_hand=False)]), "P2"),
    "an edit overwritten": (replace(HANDED_OVER, edited="r1"), "P2"),
    "written without the claim": (replace(PROMOTED, holders=frozenset()), "P3"),
    "another with the claim": (replace(PROMOTED, holders=frozenset({"another"})), "P3"),
    "a claim left": (replace(PROMOTED, claim_left=EXECUTION), "P3"),
    "taken back for its own write": (replace(ROLLED_BACK, cell=PROMOTED.cell), "P4"),
    "promoted on nothing": (replace(PROMOTED, cell=cell("JudgeCanary", "metrics-empty")), "P5"),
    "rejected and written": (replace(REJECTED, updates=[Update("r0", by_hand=False)], holders={EXECUTION}), "P6"),
    "rejected and running": (replace(REJECTED, rollouts=[entry("running")]), "P6"),
    "started twice": (replace(PROMOTED, executions=2), "P7"),
    "entered twice": (replace(PROMOTED, rollouts=[entry("promoted")] * 2), "P7"),
    "a newer version lost": (replace(PROMOTED, cell=cell("JudgeCanary", "overtaken")), "P8"),
    "green over stable": (replace(PROMOTED, alias_at_end=AT_STABLE), "P10"),
    "a page for a whole alias": (replace(ROLLED_BACK, cell=STOPPED.cell, error="RollbackFailed"), "P10"),
    "handed over to nobody": (replace(HANDED_OVER, edited="", alias=AT_STABLE, alias_at_end=AT_STABLE), "P10"),
    "lost from the ledger": (replace(PROMOTED, rollouts=[]), "P10"),
    "running for ever": (replace(PROMOTED, rollouts=[entry("running")]), "P10"),
    "an untrue entry": (replace(PROMOTED, rollouts=[entry("rolled_back")]), "P10"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_promise_is_said_by_number(case):
    seen, promise = BROKEN[case]
    assert {sentence.partition(":")[0] for sentence in broken(seen)} >= {promise}


def test_every_task_meets_every_fault_or_there_is_a_reason():
    everything = frozenset({"lambda:UpdateAlias", "dynamodb:PutItem", "cloudwatch:GetMetricData"})
    assert len({one.name for one in cells()}) == len(STATES) * len(FAULTS)
    absent = [one for one in cells() if one.impossible(everything)]
    assert all(not one.state.is_code or one.fault.act is Act.DELETE for one in absent)


def test_a_state_whose_role_may_not_make_its_own_write_is_a_mistake_of_the_suite():
    """Its cells must not be told as ones that cannot exist."""
    with pytest.raises(ValueError, match="RestoreAlias writes by lambda:UpdateAlias"):
        cell("RestoreAlias", "alias-throttled").impossible(frozenset({"sts:AssumeRole"}))
