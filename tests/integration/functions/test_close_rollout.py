"""The ledger is closed with the ending there is, and people are told."""

import json

import pytest

from rollout.aws.cloudtrail import CloudTrail
from tests.integration.conftest import alias, event, owned

pytestmark = pytest.mark.usefixtures("claimed", "split")


@pytest.fixture
def split(handle, my_api, claimed):
    """The alias as the rollout's first step leaves it."""
    handle("shift_traffic", event("shift_traffic"))


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


def handed_over(**changes):
    ending = {"outcome": "handed_over", "Error": "RolloutHandedOver", "Cause": "my-api:live was moved"}
    return event("close_rollout") | {"ending": ending} | changes


@pytest.fixture
def anna(monkeypatch):
    """CloudTrail knows one author, whatever the revision."""
    monkeypatch.setattr(CloudTrail, "who_wrote", lambda _self, _revision, _now: "anna at 12:05")


@pytest.mark.usefixtures("anna")
def test_whoever_moved_the_alias_is_named_in_the_cause(handle, ledger):
    """P2, P10."""
    ending = handle("close_rollout", handed_over())["ending"]
    assert ending["Cause"] == "my-api:live was moved. CloudTrail says it was anna at 12:05"
    assert ledger()[0]["reason"] == ending["Cause"]


@pytest.mark.usefixtures("anna")
def test_an_alias_left_as_we_wrote_it_has_nobody_to_be_named(handle, ledger):
    """P10: the policy asked for a person, and nobody moved anything."""
    document = handed_over(revision_id=alias()["revision"])
    assert handle("close_rollout", document)["ending"]["Cause"] == "my-api:live was moved"


@pytest.mark.parametrize(("file", "kept"), [("close_rollout", False), ("close_rollout_without_an_ending", True)])
def test_a_claim_is_given_back_with_a_whole_alias_alone(handle, ledger, file, kept):
    """P1, P3: where neither way back worked, the guardian needs it."""
    handle("close_rollout", event(file))
    assert (owned("lock") is not None) is kept
