"""The checks of `stress.load.release`: a broken promise is reported, and a release that ends as it must breaks none."""

from dataclasses import replace

import pytest

from stress.load.release.promises import ReleaseResult
from stress.load.release.table import markdown, summary
from stress.release_ledger import LedgerRelease, ledger_release
from tests.stress.test_load_promises import GREEN, RED, SPLIT

GOOD, BAD = "load-3-001", ["load-3-002", "load-3-003"]
FAILED = "the release load has failed: load-3-002 ended: inconclusive"
ENDINGS = {
    GOOD: {"outcome": "rolled_back", "reason": FAILED},
    BAD[0]: {"outcome": "rolled_back", "reason": "inconclusive"},
    BAD[1]: {"outcome": "rejected", "reason": FAILED},
}
REFUSED = replace(RED, function=BAD[1], error="ReleaseRefusedError", updates=[], entries=[])
KEPT = ReleaseResult(
    functions=[GOOD, *BAD],
    bad=BAD,
    ending="ReleaseRolledBack",
    cause="The release load serves the old version alone; it failed because load-3-002 ended: inconclusive.",
    seconds=90.0,
    ledger=LedgerRelease("failed", is_open=False, endings=ENDINGS),
    rollouts=[*[replace(RED, function=function) for function in (GOOD, BAD[0])], REFUSED],
    calls={"lambda:GetAlias": 20, "lambda:UpdateAlias": 4, "lambda:GetFunction": 7, "dynamodb:GetItem": 9},
)


def with_ending(function, **changes):
    endings = ENDINGS | {function: ENDINGS[function] | changes}
    return replace(KEPT, ledger=replace(KEPT.ledger, endings=endings))


def with_rejected(**changes):
    return replace(KEPT, rollouts=[*KEPT.rollouts[:2], replace(REFUSED, **changes)])


BROKEN = {
    "promoted": (replace(KEPT, ending="SUCCEEDED"), "has to end as ReleaseRolledBack"),
    "no bad function in the Cause": (replace(KEPT, cause="it went wrong"), "the Cause names none"),
    "not closed": (replace(KEPT, ledger=replace(KEPT.ledger, is_open=True)), "open entries"),
    "not started": (replace(KEPT, rollouts=KEPT.rollouts[:2]), "1 functions had no rollout"),
    "one promoted": (with_ending(GOOD, outcome="promoted"), "all or nothing: the release has it as promoted"),
    "no ending": (replace(KEPT, ledger=LedgerRelease("failed")), "as not ended"),
    "no reason": (with_ending(BAD[0], reason=""), "the release has no reason"),
    "rejected, and written": (with_rejected(updates=RED.updates), "P6: rejected, but its alias was written 2 times"),
    "rejected with the canary served": (with_rejected(alias=GREEN.alias), "P6: rejected, but"),
    "rejected, with a lock": (with_rejected(remaining_lock_holder="arn:one"), "P3: rejected"),
    "rejected with another ending": (with_rejected(error="InternalError"), "the ending is InternalError"),
    "split": (replace(KEPT, rollouts=[replace(RED, alias=SPLIT), *KEPT.rollouts[1:]]), "P1"),
}


def test_release_that_returns_to_stable_breaks_no_promise():
    assert (KEPT.broken, KEPT.at_stable, KEPT.reasons, KEPT.rejected) == ([], 3, 3, 1)


@pytest.mark.parametrize("case", BROKEN)
def test_broken_promise_of_a_release_is_reported(case):
    result, part = BROKEN[case]
    assert any(part in sentence for sentence in result.broken)


def test_reasons_that_name_a_bad_function_are_counted():
    assert KEPT.reasons_with_failure == 1
    assert with_ending(GOOD, reason="because").reasons_with_failure == 0


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
