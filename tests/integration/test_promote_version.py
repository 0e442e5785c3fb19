"""The alias points at the canary alone; then comes the bake."""

import pytest

from tests.integration.conftest import alias, event

pytestmark = pytest.mark.usefixtures("claimed")


def test_promotion_sets_the_version_and_clears_the_weights(handle, my_api):
    """P1."""
    handle("shift_traffic", event("shift_traffic"))
    document = handle("promote_version", event("promote_version"))
    assert (alias()["version"], alias()["weights"]) == ("2", {})
    assert (document["phase"], document["revision_id"]) == ("bake", alias()["revision"])
