"""The checks of commands and freezes in `stress.faults`: a command is recorded and obeyed, or neither (P11)."""

from dataclasses import replace

import pytest

from stress.faults.checks.freeze_effect import missing_effect
from stress.faults.checks.promises import broken_promises
from stress.faults.given_command import WHY, GivenCommand
from tests.stress.observed_rollouts import (
    AT_CANARY,
    EXECUTION,
    HANDED_OVER,
    PROMOTED,
    ROLLED_BACK,
    STOPPED,
    cell,
    entry,
)

RECORD = {"why": WHY, "taken_at": "2026-11-22", "rollout_execution": EXECUTION}
ABORT = GivenCommand("abort", "arn:abort-1", "SUCCEEDED", records=(RECORD,))
APPROVE = GivenCommand("approve", "arn:approve-1", "SUCCEEDED", records=(RECORD,))
REFUSED = GivenCommand("abort", "arn:abort-2", "FAILED", "CommandNotPossibleError")
FAILED = GivenCommand("approve", "arn:approve-2", "FAILED", "CommandFailed")
LATE = GivenCommand("abort", "arn:late-1", "FAILED", "NoLiveRolloutError", is_late=True)
ABORTED = replace(
    STOPPED,
    cell=cell("TakeCommand-abort", "killed-after"),
    cause=f"aborted by the command abort-1: {WHY}",
    commands=[ABORT],
)
APPROVED = replace(PROMOTED, cell=cell("TakeCommand-approve", "killed-after"), commands=[APPROVE])
NOT_APPROVED = replace(
    ROLLED_BACK,
    cell=cell("TakeCommand-approve", "raises-before"),
    cause="shop:live serves version 2 alone again; it was not approved within 20s",
    commands=[FAILED],
)
LATE_COMMAND = replace(PROMOTED, cell=cell("ShiftTraffic", "command-late"), commands=[LATE])

KEPT = {
    "aborted": ABORTED,
    "aborted by the next evaluation": replace(
        ABORTED,
        status="FAILED",
        error="RolloutRolledBack",
        cause=f"shop:live serves version 2 alone again; aborted by the command abort-1: {WHY}",
    ),
    "aborted twice": replace(ABORTED, commands=[ABORT, REFUSED]),
    "aborted with an alias that was moved": replace(HANDED_OVER, commands=[ABORT]),
    "aborted when its ending was decided": replace(PROMOTED, cell=cell("CloseRollout", "aborted"), commands=[ABORT]),
    "approved": APPROVED,
    "approved by a command that failed": replace(
        APPROVED, cell=cell("TakeCommand-approve", "raises-after"), commands=[replace(FAILED, records=(RECORD,))]
    ),
    "not approved": NOT_APPROVED,
    "commanded after its end": LATE_COMMAND,
}


@pytest.mark.parametrize("case", KEPT)
def test_command_that_is_recorded_and_obeyed_or_neither_breaks_no_promise(case):
    assert broken_promises(KEPT[case]) == []


BROKEN = {
    "no answer": replace(ABORTED, commands=[replace(ABORT, status="RUNNING")]),
    "taken without a record": replace(ABORTED, commands=[ABORT, replace(ABORT, records=())]),
    "recorded twice": replace(APPROVED, commands=[replace(APPROVE, records=(RECORD, RECORD))]),
    "refused with a record": replace(APPROVED, commands=[APPROVE, replace(REFUSED, records=(RECORD,))]),
    "record without a reason": replace(ABORTED, commands=[replace(ABORT, records=({**RECORD, "why": ""},))]),
    "record of another rollout": replace(
        ABORTED, commands=[replace(ABORT, records=({**RECORD, "rollout_execution": "another"},))]
    ),
    "abort obeyed without a record": replace(ABORTED, commands=[replace(REFUSED, execution="arn:abort-1")]),
    "abort not obeyed": replace(ABORTED, alias=AT_CANARY, rollouts=[entry("promoted")]),
    "abort that no reason names": replace(ABORTED, cause="stopped"),
    "approved without a record": replace(APPROVED, commands=[FAILED]),
    "approved twice": replace(APPROVED, commands=[APPROVE, replace(APPROVE, execution="arn:approve-3")]),
    "approval not obeyed": replace(NOT_APPROVED, commands=[APPROVE]),
    "late command taken": replace(LATE_COMMAND, commands=[replace(LATE, status="SUCCEEDED", error="")]),
    "late command not given": replace(LATE_COMMAND, commands=[]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_command_that_is_recorded_or_obeyed_alone_breaks_p11(case):
    assert "P11" in {sentence.partition(":")[0] for sentence in broken_promises(BROKEN[case])}


FROZEN = "shop:live serves version 2 alone again; the stack is frozen: to see it held"
HELD = replace(PROMOTED, cell=cell("ShiftTraffic", "frozen"), evaluation_reasons=["held, because the stack is frozen"])
FROZEN_BACK = replace(ROLLED_BACK, cell=cell("PromoteVersion", "frozen-back"), cause=FROZEN)


@pytest.mark.parametrize(
    "observed",
    [
        HELD,
        FROZEN_BACK,
        replace(HELD, cell=cell("CloseRollout", "frozen"), evaluation_reasons=[]),
        replace(ROLLED_BACK, cell=cell("RollBack", "frozen-back")),
        replace(PROMOTED, cell=cell("JudgeCanary-after-traffic", "frozen-back")),
        PROMOTED,
    ],
)
def test_freeze_that_is_obeyed_or_comes_too_late_is_no_failure(observed):
    assert (missing_effect(observed), broken_promises(observed)) == ("", [])


@pytest.mark.parametrize(
    "observed",
    [
        replace(HELD, evaluation_reasons=["healthy"]),
        replace(FROZEN_BACK, cause="it fails"),
        replace(HELD, cell=FROZEN_BACK.cell),
    ],
)
def test_freeze_that_no_rollout_meets_is_a_failure(observed):
    assert "the freeze had no effect" in missing_effect(observed)
