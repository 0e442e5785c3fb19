"""The checks of `stress.load`: each broken promise is reported, and a correct rollout breaks none."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from stress.faults.observed_rollout import Alias, AliasUpdate
from stress.load.process_usage import ProcessUsage, usage_of_tree
from stress.load.promises import PROMOTED, ROLLED_BACK, RolloutResult, broken_promises

NOW = datetime(2026, 11, 22, tzinfo=UTC)
AT_STABLE, AT_CANARY, SPLIT = Alias("1", {}, "r2"), Alias("2", {}, "r2"), Alias("1", {"2": 0.5}, "r2")


def entry(outcome):
    return {"outcome": outcome, "reason": "because", "ended_at": "2026-11-22"}


GREEN = RolloutResult(
    function="load-50-002",
    required_outcome=PROMOTED,
    executions=1,
    status="SUCCEEDED",
    error="",
    cause="",
    started_at=NOW,
    stopped_at=NOW,
    alias=AT_CANARY,
    entries=[entry(PROMOTED)],
    updates=[AliasUpdate("r0", by_hand=False), AliasUpdate("r1", by_hand=False)],
)
RED = replace(
    GREEN,
    required_outcome=ROLLED_BACK,
    status="FAILED",
    error="RolloutRolledBack",
    cause="load-50-001:live serves version 1 alone again",
    alias=AT_STABLE,
    entries=[entry(ROLLED_BACK)],
)
REJECTED = replace(GREEN, status="FAILED", error="AwsUnavailableError", cause="Rate exceeded", entries=[], updates=[])


@pytest.mark.parametrize("result", [GREEN, RED])
def test_rollout_with_the_required_outcome_breaks_no_promise(result):
    assert broken_promises(result) == []


BROKEN = {
    "rejected": (replace(REJECTED, alias=AT_STABLE), "outcome"),
    "rolled back because of throttling": (replace(RED, required_outcome=PROMOTED), "outcome"),
    "still running": (replace(GREEN, status="RUNNING", stopped_at=None), "outcome"),
    "split": (replace(GREEN, alias=SPLIT), "P1"),
    "update without a revision": (replace(GREEN, updates=[AliasUpdate(None, by_hand=False)]), "P2"),
    "lock not released": (replace(GREEN, remaining_lock_holder="arn:one"), "P3"),
    "started twice": (replace(GREEN, executions=2), "P7"),
    "registered twice": (replace(GREEN, entries=[entry(PROMOTED)] * 2), "P7"),
    "succeeded with stable served": (replace(GREEN, alias=AT_STABLE), "P10"),
    "rolled back with the canary served": (replace(RED, alias=AT_CANARY), "P10"),
    "false cause": (replace(RED, cause="it went wrong"), "P10"),
    "missing in the ledger": (replace(GREEN, entries=[]), "P10"),
    "entry still running": (replace(GREEN, entries=[entry("running")]), "P10"),
    "entry without a time": (replace(GREEN, entries=[entry(PROMOTED) | {"ended_at": ""}]), "P10"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_promise_under_load_is_reported(case):
    result, promise = BROKEN[case]
    assert promise in {sentence.partition(":")[0] for sentence in broken_promises(result)}


def test_usage_includes_the_root_and_its_descendants():
    processes = {1: (0, 5), 10: (1, 100), 11: (10, 20), 12: (11, 3), 13: (1, 1000)}
    assert usage_of_tree(10, processes) == ProcessUsage(kilobytes=123, workers=2)
