"""The checks of `stress.load.release`: a broken promise is reported, and a release that ends as it must breaks none."""

from dataclasses import replace

import pytest

from stress.load.release.promises import ReleaseResult
from stress.load.release.table import markdown, summary
from stress.release_ledger import LedgerRelease, ledger_release
from tests.stress.test_load_promises import RED, SPLIT

GOOD, BAD = "load-3-001", ["load-3-002", "load-3-003"]
FAILED = "the release load has failed: load-3-002 ended: inconclusive"
ENDINGS = {
    GOOD: {"outcome": "rolled_back", "reason": FAILED},
    BAD[0]: {"outcome": "rolled_back", "reason": "inconclusive"},
    BAD[1]: {"outcome": "rejected", "reason": FAILED},
}
KEPT = ReleaseResult(
    functions=[GOOD, *BAD],
    bad=BAD,
    ending="ReleaseRolledBack",
    cause="The release load serves the old version alone; it failed because load-3-002 ended: inconclusive.",
    seconds=90.0,
    ledger=LedgerRelease("failed", is_open=False, endings=ENDINGS),
    rollouts=[replace(RED, function=function) for function in (GOOD, *BAD)],
    calls={"lambda:GetAlias": 20, "lambda:UpdateAlias": 4, "lambda:GetFunction": 7, "dynamodb:GetItem": 9},
)


def with_ending(function, **changes):
    endings = ENDINGS | {function: ENDINGS[function] | changes}
    return replace(KEPT, ledger=replace(KEPT.ledger, endings=endings))


BROKEN = {
    "promoted": (replace(KEPT, ending="SUCCEEDED"), "has to end as ReleaseRolledBack"),
    "no bad function in the Cause": (replace(KEPT, cause="it went wrong"), "the Cause names none"),
    "not closed": (replace(KEPT, ledger=replace(KEPT.ledger, is_open=True)), "open entries"),
    "not started": (replace(KEPT, rollouts=KEPT.rollouts[:2]), "1 functions had no rollout"),
    "one promoted": (with_ending(GOOD, outcome="promoted"), "all or nothing: the release has it as promoted"),
    "no ending": (replace(KEPT, ledger=LedgerRelease("failed")), "as not ended"),
    "no reason": (with_ending(BAD[0], reason=""), "the release has no reason"),
    "another reason": (with_ending(GOOD, reason="because"), "names none of the bad functions"),
    "split": (replace(KEPT, rollouts=[replace(RED, alias=SPLIT), *KEPT.rollouts[1:]]), "P1"),
}


def test_release_that_returns_to_stable_breaks_no_promise():
    assert (KEPT.broken, KEPT.at_stable, KEPT.reasons) == ([], 3, 3)


@pytest.mark.parametrize("case", BROKEN)
def test_broken_promise_of_a_release_is_reported(case):
    result, part = BROKEN[case]
    assert any(part in sentence for sentence in result.broken)


def test_requests_count_for_the_limit_unless_lambda_limits_them_apart():
    assert KEPT.control_plane_requests == 24


def test_table_has_a_column_for_each_release():
    assert "| functions that serve stable alone | 3 | 3 |" in markdown([KEPT, KEPT])
    assert summary([KEPT]).startswith("All 3 functions serve stable alone")
    assert summary([replace(KEPT, cause="it went wrong")]) == "The releases broke 1 promises."


def test_release_is_read_from_both_of_its_entries():
    parts = {"release_document": '{"parts": [{"function": "cart", "execution": "e0"}]}', "open": "release"}
    state = {"release_status": "failed", "ending_0": '{"outcome": "rolled_back", "reason": "because"}'}
    ending = {"outcome": "rolled_back", "reason": "because"}
    assert ledger_release(state, parts) == LedgerRelease(
        "failed", is_open=True, executions={"cart": "e0"}, endings={"cart": ending}
    )
    assert not ledger_release({"release_status": "rolling"}, {"release_document": parts["release_document"]}).endings
