"""Tests of PromoteVersion: the alias serves the canary alone, and the bake begins."""

import pytest

from tests.integration.conftest import alias, event, move_alias

pytestmark = pytest.mark.usefixtures("locked")


def test_promotion_sets_version_and_clears_weights(handle, my_api):
    """P1."""
    handle("shift_traffic", event("shift_traffic"))
    document = handle("promote_version", event("promote_version"))
    assert (alias()["version"], alias()["weights"]) == ("2", {})
    assert (document["phase"], document["revision_id"]) == ("bake", alias()["revision"])


def test_version_promoted_at_once_is_restored_from_bake(handle, my_api):
    """P1, P4: also where the answer to the promotion was lost."""
    at_once = event("promote_version_at_once") | {"revision_id": alias()["revision"]}
    baking = handle("promote_version", at_once)
    assert (alias()["version"], baking["first_shift_at"]) == ("2", baking["step_started_at"])
    for document in (baking, at_once | {"failure": {"Error": "States.Timeout"}}):
        move_alias("2")
        assert handle("roll_back", document)["ending"]["outcome"] == "rolled_back"
        assert (alias()["version"], alias()["weights"]) == ("1", {})
