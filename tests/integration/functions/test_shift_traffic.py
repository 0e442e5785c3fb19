"""Tests of ShiftTraffic: the alias gives the canary the share of the next step."""

import pytest

from rollout.domain.enums import Outcome
from rollout.domain.errors import LockLostError, NotAllowedError
from tests.integration.conftest import NOW, alias, event, record_ending

pytestmark = pytest.mark.usefixtures("locked")


def test_first_shift_gives_first_share(handle, my_api):
    document = handle("shift_traffic", event("shift_traffic"))
    assert (alias()["version"], alias()["weights"]) == ("1", {"2": 0.1})
    assert document["revision_id"] == alias()["revision"]
    assert (document["step"], document["phase"], document["wait_seconds"]) == (1, "shifting", 59)
    assert document["first_shift_at"] == document["step_started_at"] == NOW.isoformat().replace("+00:00", "Z")


def test_second_shift_gives_second_share(handle, my_api):
    first = handle("shift_traffic", event("shift_traffic"))
    second = handle("shift_traffic", first)
    assert (alias()["version"], alias()["weights"]) == ("1", {"2": 0.5})
    assert (second["step"], second["first_shift_at"]) == (2, first["first_shift_at"])


def test_shift_after_a_changed_permission_is_written(handle, my_api, locked, lambda_wire):
    """The alias has another revision, and still serves what the rollout wrote."""
    handle("shift_traffic", event("shift_traffic"))
    refused = lambda_wire.refuse_once("UpdateAlias", "PreconditionFailedException", 412)
    document = event("judge_canary") | {"next_move": "shift"}
    assert handle("shift_traffic", document)["step"] == document["step"] + 1
    assert refused == []
    assert alias()["weights"] == {"2": 0.5}


@pytest.mark.parametrize("task", ["shift_traffic", "promote_version"])
def test_rollout_that_was_closed_writes_nothing(handle, my_api, task):
    """P10: a task that outlived its execution has taken the lock again after the guardian closed the rollout."""
    record_ending(Outcome.REJECTED, "execution my-api-2 was stopped before it wrote to my-api:live")
    before = alias()
    with pytest.raises(LockLostError, match="was closed in the ledger while it did not run"):
        handle(task, event(task))
    assert alias() == before


def test_shift_without_tag_gives_the_command(handle, my_api, locked, lambda_wire):
    """P9, P10."""
    lambda_wire.refuse("UpdateAlias", "AccessDeniedException")
    with pytest.raises(
        NotAllowedError, match=r"aws lambda tag-resource --resource .*:my-api --tags rollout:alias=live"
    ):
        handle("shift_traffic", event("shift_traffic"))
