"""RestoreAlias rolls back when the code of RollBack cannot be loaded."""

import pytest

from tests.e2e.stories.restore_alias import alias_is_restored, member_alias_is_restored


@pytest.mark.parametrize("story", [alias_is_restored, member_alias_is_restored])
def test_state_machine_restores_alias(story, stories, stack):
    """P1, P10."""
    rollout = stories(story)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "the state machine itself restored it" in rollout.cause
    assert {"RollBack", "RestoreAlias"} <= set(stack.executions.states(rollout.execution))
