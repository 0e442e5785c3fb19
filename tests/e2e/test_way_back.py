"""The way back when our own code cannot run."""


def test_the_state_machine_itself_restores_the_alias(rollback_code_broken):
    """P1, P10."""
    played = rollback_code_broken
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert "the state machine itself restored it" in played.ended["cause"]
