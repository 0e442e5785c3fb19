"""The load suite's own judgement of what it saw: each promise can be broken, and a good rollout breaks none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from stress.faults.promises import Alias, Update
from stress.load.burden import Taken, taken
from stress.load.promises import PROMOTED, ROLLED_BACK, Seen, broken

NOW = datetime(2026, 11, 22, tzinfo=UTC)
AT_STABLE, AT_CANARY, SPLIT = Alias("1", {}, "r2"), Alias("2", {}, "r2"), Alias("1", {"2": 0.5}, "r2")


def entry(outcome):
    return {"outcome": outcome, "reason": "because", "ended_at": "2026-11-22"}


GREEN = Seen(
    function="load-50-002",
    wanted=PROMOTED,
    executions=1,
    status="SUCCEEDED",
    error="",
    cause="",
    started_at=NOW,
    stopped_at=NOW,
    alias=AT_CANARY,
    rollouts=[entry(PROMOTED)],
    updates=[Update("r0", by_hand=False), Update("r1", by_hand=False)],
)
RED = replace(
    GREEN,
    wanted=ROLLED_BACK,
    status="FAILED",
    error="RolloutRolledBack",
    cause="load-50-001:live serves version 1 alone again",
    alias=AT_STABLE,
    rollouts=[entry(ROLLED_BACK)],
)
REJECTED = replace(GREEN, status="FAILED", error="AwsUnavailableError", cause="Rate exceeded", rollouts=[], updates=[])


@pytest.mark.parametrize("seen", [GREEN, RED])
def test_a_rollout_that_ends_as_its_policy_says_breaks_no_promise(seen):
    assert broken(seen) == []


BROKEN = {
    "rejected": (replace(REJECTED, alias=AT_STABLE), "wrong, not late"),
    "taken back for a throttle": (replace(RED, wanted=PROMOTED), "wrong, not late"),
    "still running": (replace(GREEN, status="RUNNING", stopped_at=None), "wrong, not late"),
    "split": (replace(GREEN, alias=SPLIT), "P1"),
    "written without a revision": (replace(GREEN, updates=[Update(None, by_hand=False)]), "P2"),
    "a claim left": (replace(GREEN, claim_left="arn:one"), "P3"),
    "started twice": (replace(GREEN, executions=2), "P7"),
    "entered twice": (replace(GREEN, rollouts=[entry(PROMOTED)] * 2), "P7"),
    "green over stable": (replace(GREEN, alias=AT_STABLE), "P10"),
    "red over the canary": (replace(RED, alias=AT_CANARY), "P10"),
    "an untrue cause": (replace(RED, cause="it went wrong"), "P10"),
    "lost from the ledger": (replace(GREEN, rollouts=[]), "P10"),
    "running for ever": (replace(GREEN, rollouts=[entry("running")]), "P10"),
    "closed without a time": (replace(GREEN, rollouts=[entry(PROMOTED) | {"ended_at": ""}]), "P10"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_promise_broken_under_load_is_said_by_name(case):
    seen, promise = BROKEN[case]
    assert promise in {sentence.partition(":")[0] for sentence in broken(seen)}


def test_the_burden_is_a_process_and_all_below_it():
    processes = {1: (0, 5), 10: (1, 100), 11: (10, 20), 12: (11, 3), 13: (1, 1000)}
    assert taken(10, processes) == Taken(kilobytes=123, workers=2)
