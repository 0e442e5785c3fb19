"""Tests of RollBack: the alias serves stable alone, unless another writer moved it."""

import pytest

from rollout.aws.dynamodb.locks import Locks
from rollout.aws.lambda_.alias import LambdaAlias
from rollout.domain.enums import Outcome
from rollout.domain.errors import AwsUnavailableError, LockLostError, VersionDeletedError
from tests.integration.conftest import alias, client, event, record_ending

pytestmark = pytest.mark.usefixtures("locked")

FILES = ["roll_back", "roll_back_after_a_failure"]


def publish_and_point():
    functions = client("lambda")
    version = functions.update_function_code(FunctionName="my-api", ZipFile=b"three", Publish=True)["Version"]
    functions.update_alias(FunctionName="my-api", Name="live", FunctionVersion=version)


@pytest.mark.parametrize("file", FILES)
def test_split_alias_is_restored_to_stable(handle, my_api, file):
    """P1, P4: the task may run twice."""
    handle("shift_traffic", event("shift_traffic"))
    for _ in range(2):
        ending = handle("roll_back", event(file))["ending"]
        assert (alias()["version"], alias()["weights"]) == ("1", {})
        assert (ending["outcome"], ending["Error"]) == ("rolled_back", "RolloutRolledBack")
        assert ending["Cause"].startswith("my-api:live serves version 1 alone again; ")


def test_alias_that_was_not_split_is_written_too(handle, my_api, lambda_wire):
    """P1, P3: a task that outlived its execution fails its write only if the alias has a new revision."""
    before = alias()
    assert handle("roll_back", event("roll_back"))["ending"]["outcome"] == "rolled_back"
    assert lambda_wire.calls.count("UpdateAlias") == 1
    assert alias() == before


def test_alias_of_a_version_without_traffic_is_not_touched(handle, my_api, lambda_wire):
    """P6: JudgeCanary failed while it read what the hooks before traffic returned."""
    document = event("judge_canary_before_traffic") | {"failure": {"Error": "States.Timeout", "Cause": ""}}
    for _ in range(2):
        ending = handle("roll_back", document)["ending"]
        assert (ending["outcome"], ending["Error"]) == ("rejected", "StoppedBeforeTrafficError")
    assert ending["Cause"].startswith("my-api:live was not touched, and version 2 has had no traffic: States.Timeout")
    assert "UpdateAlias" not in lambda_wire.calls
    with pytest.raises(LockLostError):
        handle("shift_traffic", document)


def test_version_whose_first_share_was_decided_is_rolled_back(handle, my_api, lambda_wire):
    """P1: ShiftTraffic may have written, or still write."""
    document = event("judge_canary_before_traffic") | {"next_move": "shift"}
    assert handle("roll_back", document)["ending"]["outcome"] == "rolled_back"
    assert lambda_wire.calls.count("UpdateAlias") == 1


@pytest.mark.parametrize(
    ("recorded", "outcome", "version"),
    [(Outcome.ROLLED_BACK, "rolled_back", "2"), (Outcome.ROLLBACK_FAILED, "rolled_back", "1")],
)
def test_rollout_that_was_closed_is_not_rolled_back_again(handle, my_api, recorded, outcome, version):
    """P10: except after a rollback that failed."""
    baking = handle("promote_version", event("promote_version"))
    record_ending(recorded, "as recorded")
    ending = handle("roll_back", baking)["ending"]
    assert (ending["outcome"], alias()["version"]) == (outcome, version)
    assert (ending["Cause"] == "as recorded") is (version == "2")


def test_late_task_cannot_announce_a_write_after_the_rollback(handle, my_api):
    """P1, P3."""
    handle("roll_back", event("roll_back"))
    with pytest.raises(LockLostError):
        handle("shift_traffic", event("shift_traffic"))
    assert alias()["weights"] == {}


def test_cause_is_failure_of_earlier_task(handle, my_api):
    """P10."""
    cause = handle("roll_back", event("roll_back_after_a_failure"))["ending"]["Cause"]
    assert "serves version 1 alone again; AliasChangedError: my-api:live was moved by another writer" in cause


def test_promoted_alias_is_restored_from_bake(handle, my_api):
    """P1."""
    baking = handle("promote_version", event("promote_version"))
    assert handle("roll_back", baking)["ending"]["outcome"] == "rolled_back"
    assert (alias()["version"], alias()["weights"]) == ("1", {})


@pytest.mark.parametrize("file", FILES)
def test_alias_moved_by_other_writer_is_handed_over(handle, my_api, file):
    """P2, P10."""
    publish_and_point()
    before = alias()
    ending = handle("roll_back", event(file))["ending"]
    assert alias() == before
    assert (ending["outcome"], ending["Error"]) == ("handed_over", "RolloutHandedOver")
    assert "my-api:live was moved by another writer" in ending["Cause"]


def test_deleted_alias_is_handed_over(handle, my_api):
    """P2."""
    client("lambda").delete_alias(FunctionName="my-api", Name="live")
    assert "it no longer exists" in handle("roll_back", event("roll_back"))["ending"]["Cause"]


@pytest.mark.usefixtures("my_api")
def test_alias_serves_canary_where_stable_was_deleted(handle, monkeypatch):
    """P1, P10: a deleted version cannot serve any call."""
    handle("shift_traffic", event("shift_traffic"))
    point_at = LambdaAlias.point_at

    def point_at_existing(self, version, revision_id):
        if version == "1":
            raise VersionDeletedError("version 1 is gone")
        return point_at(self, version, revision_id)

    monkeypatch.setattr(LambdaAlias, "point_at", point_at_existing)
    ending = handle("roll_back", event("roll_back"))["ending"]
    assert (alias()["version"], alias()["weights"]) == ("2", {})
    assert ending["outcome"] == "handed_over"
    assert "serves version 2 alone because version 1 was deleted during the rollout" in ending["Cause"]


@pytest.mark.usefixtures("my_api")
def test_alias_is_restored_without_ledger(handle, monkeypatch):
    """P1: the revision and the versions of the alias still protect other writers (P2)."""
    handle("shift_traffic", event("shift_traffic"))
    monkeypatch.setattr(Locks, "begin_rollback", throttled)
    assert handle("roll_back", event("roll_back"))["ending"]["outcome"] == "rolled_back"
    assert (alias()["version"], alias()["weights"]) == ("1", {})


def throttled(*_: object) -> None:
    raise AwsUnavailableError("reading the ledger: AWS answered Throttling")
