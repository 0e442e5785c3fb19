"""The way back when our own code cannot run."""

import pytest


@pytest.mark.parametrize("where", ["at home", "in a member"])
def test_the_state_machine_itself_restores_the_alias(where, rollback_code_broken):
    """P1, P10."""
    played = rollback_code_broken[where]
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert "the state machine itself restored it" in played.ended["cause"]
