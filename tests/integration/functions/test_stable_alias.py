"""Tests of the stable alias over a rollout: it comes with the lock and goes with the lock."""

import pytest

from rollout.aws.step_functions import Executions
from rollout.domain.errors import AwsUnavailableError, LockLostError
from rollout.tasks.alias import keep_stable
from tests.integration.conftest import client, event, owned_entry

pytestmark = pytest.mark.usefixtures("my_api", "ledger", "lambda_wire")


def stable_alias():
    """Return the version that the stable alias points at; None where there is no such alias."""
    aliases = client("lambda").list_aliases(FunctionName="my-api")["Aliases"]
    return next((a["FunctionVersion"] for a in aliases if a["Name"] == "rollout-stable-live"), None)


@pytest.mark.parametrize("file", ["prepare_rollout", "prepare_rollout_operator_minimum"])
def test_stable_is_kept_before_the_first_shift(handle, file):
    document = handle("prepare_rollout", event(file))
    assert stable_alias() == document["stable_version"] == "1"


def test_rejected_request_keeps_no_version(handle):
    """P6."""
    handle("prepare_rollout", event("prepare_rollout_operator_latest_version"))
    assert stable_alias() is None


def test_closed_rollout_lets_go_of_stable(handle):
    document = handle("prepare_rollout", event("prepare_rollout")) | {"next_move": "finish"}
    ending = {"outcome": "promoted", "Error": "", "Cause": "as decided"}
    for _ in range(2):
        handle("close_rollout", document | {"ending": ending})
        assert (stable_alias(), owned_entry("lock")) == (None, None)


def test_failed_rollback_keeps_stable_and_lock(handle):
    """P1: the guardian still needs stable."""
    document = handle("prepare_rollout", event("prepare_rollout"))
    client("lambda").update_alias(
        FunctionName="my-api", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}}
    )
    handle("close_rollout", document)
    assert stable_alias() == "1"
    assert owned_entry("lock")


def test_guardian_lets_go_of_stable_with_the_lock(handle, monkeypatch):
    handle("prepare_rollout", event("prepare_rollout"))
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "ABORTED")
    handle("guardian", {"sweep": "aliases"})
    assert (stable_alias(), owned_entry("lock")) == (None, None)


def test_late_prepare_keeps_no_version_after_the_guardian(handle, monkeypatch):
    """P3: the guardian had looked for the alias before PrepareRollout created it."""
    monkeypatch.setattr(keep_stable.locks().__class__, "find", lambda _self, _target: None)
    with pytest.raises(LockLostError, match="the guardian has taken it over"):
        handle("prepare_rollout", event("prepare_rollout"))
    assert stable_alias() is None


def test_lock_is_kept_while_the_stable_alias_cannot_be_deleted(handle, lambda_wire):
    """The guardian releases both later."""
    document = handle("prepare_rollout", event("prepare_rollout")) | {"next_move": "finish"}
    lambda_wire.refuse("DeleteAlias", "TooManyRequestsException")
    ending = {"outcome": "promoted", "Error": "", "Cause": "as decided"}
    with pytest.raises(AwsUnavailableError):
        handle("close_rollout", document | {"ending": ending})
    assert owned_entry("lock")


def test_missing_permission_is_counted_and_stops_no_rollout(handle, lambda_wire, capsys):
    """A member account may still have the roles of an earlier release."""
    lambda_wire.refuse("CreateAlias", "AccessDeniedException")
    assert handle("prepare_rollout", event("prepare_rollout"))["start"] == "begin"
    assert "StableNotKept" in capsys.readouterr().out
