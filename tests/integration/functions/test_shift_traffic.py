"""Tests of ShiftTraffic: the alias gives the canary the share of the next step."""

import pytest

from tests.integration.conftest import NOW, alias, event

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
