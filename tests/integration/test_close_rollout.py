"""The ledger is closed with the ending there is, and people are told."""

import json

import pytest

from tests.integration.conftest import event

pytestmark = pytest.mark.usefixtures("claimed")


@pytest.mark.parametrize(
    ("file", "outcome"), [("close_rollout", "rolled_back"), ("close_rollout_without_an_ending", "rollback_failed")]
)
def test_the_ledger_is_closed_with_the_ending(handle, ledger, file, outcome):
    """P10: where no task reached an ending, it is the one to page somebody for."""
    document = handle("close_rollout", event(file))
    assert document["ending"]["outcome"] == outcome
    (entry,) = ledger()
    assert (entry["outcome"], entry["reason"]) == (outcome, document["ending"]["Cause"])
    assert entry["ended_at"] == "2026-03-01T12:06:01.000Z"


def test_the_ending_is_counted_by_its_outcome(handle, ledger, capsys):
    handle("close_rollout", event("close_rollout"))
    (metric,) = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line)
    assert (metric["RolloutsEnded"], metric["outcome"]) == ([1.0], "rolled_back")
