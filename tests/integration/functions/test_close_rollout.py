"""Tests of CloseRollout: it records, counts and publishes the ending, and releases the lock of an unsplit alias."""

import json
from pathlib import Path

import pytest
from cfnlint.decode.cfn_yaml import load

from rollout.aws.cloudtrail import CloudTrail
from rollout.aws.dynamodb.locks import Locks, locks
from rollout.domain.enums import Outcome
from rollout.domain.errors import AwsUnavailableError
from rollout.domain.identity import Execution, Target
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import alias, begin_rollback, event, owned_entry, record_ending

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.usefixtures("locked", "split")


@pytest.fixture
def split(handle, my_api, locked):
    """The alias after the first step of the rollout, whose rollback has begun."""
    handle("shift_traffic", event("shift_traffic"))
    begin_rollback()


@pytest.mark.parametrize(
    ("file", "outcome"), [("close_rollout", "rolled_back"), ("close_rollout_without_an_ending", "rollback_failed")]
)
def test_ledger_is_closed_with_ending(handle, ledger, file, outcome):
    """P10: a document without an ending ends in rollback_failed, which pages a person."""
    document = handle("close_rollout", event(file))
    assert document["ending"]["outcome"] == outcome
    (entry,) = ledger()
    assert (entry["outcome"], entry["reason"]) == (outcome, document["ending"]["Cause"])
    assert entry["ended_at"] == "2026-03-01T12:06:01.000Z"


def test_ending_is_counted_once_by_outcome(handle, ledger, capsys):
    """P4: a repeated task counts nothing."""
    for _ in range(2):
        handle("close_rollout", event("close_rollout"))
    (metric,) = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "RolloutsEnded" in line)
    assert (metric["RolloutsEnded"], metric["outcome"]) == ([1.0], "rolled_back")
    (definition,) = metric["_aws"]["CloudWatchMetrics"]
    by_outcome, by_function = definition["Dimensions"]
    assert (definition["Namespace"], by_outcome) == ("LambdaRollouts", ["outcome", "service"])
    assert (by_function, metric["function"]) == (["function", "outcome", "service"], "my-api")


def test_failed_rollback_is_counted_in_the_metric_that_the_alarm_watches(handle, capsys):
    """P10: RollbackFailedAlarm of the stack notifies a person."""
    handle("close_rollout", event("close_rollout_without_an_ending"))
    (metric,) = (json.loads(line) for line in capsys.readouterr().out.splitlines() if "RolloutsEnded" in line)
    (definition,) = metric["_aws"]["CloudWatchMetrics"]
    alarm = load(str(ROOT / "template.yaml"))["Resources"]["RollbackFailedAlarm"]["Properties"]
    dimensions = [{"Name": name, "Value": metric[name]} for name in definition["Dimensions"][0]]
    assert (alarm["Namespace"], alarm["MetricName"]) == (definition["Namespace"], definition["Metrics"][0]["Name"])
    assert alarm["Dimensions"] == dimensions


def handed_over(**fields):
    ending = {"outcome": "handed_over", "Error": "RolloutHandedOver", "Cause": "my-api:live was moved"} | fields
    return event("close_rollout") | {"ending": ending}


@pytest.fixture
def writer(monkeypatch):
    """CloudTrail names the same writer for every revision."""
    monkeypatch.setattr(CloudTrail, "find_writer", lambda _self, _revision, _now: "anna at 12:05")


@pytest.mark.usefixtures("writer")
def test_cause_names_writer_of_moved_alias(handle, ledger):
    """P2, P10."""
    ending = handle("close_rollout", handed_over(moved_revision="revision-5"))["ending"]
    assert ending["Cause"] == "my-api:live was moved. CloudTrail says it was anna at 12:05"
    assert [(entry["entry"].partition("#")[0], entry["reason"]) for entry in ledger()] == [("rollout", ending["Cause"])]


@pytest.mark.usefixtures("writer")
def test_cause_names_no_writer_where_alias_was_not_moved(handle, ledger):
    """P10: the policy handed over, and no other writer moved the alias."""
    assert handle("close_rollout", handed_over())["ending"]["Cause"] == "my-api:live was moved"


@pytest.mark.parametrize(("file", "is_kept"), [("close_rollout", False), ("close_rollout_without_an_ending", True)])
def test_lock_of_split_alias_is_kept(handle, ledger, file, is_kept):
    """P1, P3: the guardian needs it where neither RollBack nor RestoreAlias worked."""
    handle("close_rollout", event(file))
    assert (owned_entry("lock") is not None) is is_kept


FAILURE = {"Error": "Runtime.ImportModuleError", "Cause": '{"errorMessage": "no module", "stackTrace": ["File x"]}'}


def test_alias_that_restore_alias_left_split_is_not_reported_as_rolled_back(handle, ledger):
    """P1, P10: RestoreAlias was answered, but its empty map of weights was lost. The guardian needs the lock."""
    document = event("close_rollout") | {"failure": FAILURE}
    document["ending"] |= {"restored_revision": alias()["revision"]}
    ending = handle("close_rollout", document)["ending"]
    assert ending["outcome"] == "rollback_failed"
    assert ending["Cause"].startswith("my-api:live serves version 1 with 10 % to version 2, although AWS answered")
    assert ending["Cause"].endswith("because: Runtime.ImportModuleError: no module")
    assert owned_entry("lock") is not None


@pytest.mark.parametrize(("next_move", "is_kept"), [("roll_back", True), ("finish", False), ("reject", False)])
def test_lock_is_kept_for_the_guardian_where_roll_back_has_not_begun(handle, next_move, is_kept):
    """P1, P3: after RestoreAlias, a task that outlived its execution may still hold the lock, and needs stable."""
    document = event("close_rollout") | {"next_move": next_move}
    locks().release(Target.model_validate(document["target"]), Execution.model_validate(document["execution"]))
    locks().acquire(lock_of(Rollout.model_validate(document)))
    assert handle("close_rollout", document)["ending"]["outcome"] == "rolled_back"
    assert (owned_entry("lock") is not None) is is_kept


@pytest.mark.parametrize("file", ["close_rollout", "close_rollout_without_an_ending"])
def test_rollout_without_its_lock_ends_as_the_ledger_says(handle, ledger, file):
    """P10: the guardian closed it, and the alias serves what a later rollout has written."""
    recorded = handle("close_rollout", handed_over())["ending"]
    assert owned_entry("lock") is None
    assert handle("close_rollout", event(file) | {"failure": FAILURE})["ending"] == recorded
    assert [entry["reason"] for entry in ledger()] == [recorded["Cause"]]


def test_rollout_without_its_lock_and_without_an_ending_in_the_ledger_keeps_its_own(handle, locked, ledger):
    """P10: the guardian has taken over the lock, and not yet closed the rollout."""
    document = event("close_rollout_without_an_ending")
    locks().release(Target.model_validate(document["target"]), Execution.model_validate(document["execution"]))
    assert handle("close_rollout", document)["ending"]["outcome"] == "rollback_failed"


@pytest.mark.parametrize(
    ("recorded", "cause"),
    [(Outcome.REJECTED, "as recorded"), (Outcome.ROLLBACK_FAILED, "my-api:live serves version 1 with 10 % to")],
)
def test_rollout_that_was_closed_ends_as_recorded_although_it_has_a_lock(handle, recorded, cause):
    """P10: only a rollback that failed is corrected by the alias once more."""
    record_ending(recorded, "as recorded")
    document = event("close_rollout") | {"failure": FAILURE}
    document["ending"] |= {"restored_revision": alias()["revision"]}
    assert handle("close_rollout", document)["ending"]["Cause"].startswith(cause)


def test_ledger_that_cannot_be_read_leaves_the_ending_to_the_next_try(handle, monkeypatch):
    monkeypatch.setattr(Locks, "find", raise_unavailable)
    with pytest.raises(AwsUnavailableError):
        handle("close_rollout", event("close_rollout") | {"failure": FAILURE})


def raise_unavailable(_self, _target):
    raise AwsUnavailableError("reading the ledger: AWS answered Throttling")


def test_alias_that_cannot_be_read_corrects_nothing(handle, ledger, lambda_wire):
    lambda_wire.refuse("GetAlias", "AccessDeniedException")
    document = event("close_rollout") | {"failure": FAILURE}
    assert handle("close_rollout", document)["ending"]["outcome"] == "rolled_back"
