"""The tag is needed to give a canary traffic, and not to restore the alias (P1, P9)."""

import pytest

from tests.e2e.stories.vanished_tags import (
    member_tag_vanishes,
    member_tag_vanishes_and_rollback_cannot_run,
    member_tag_vanishes_and_rollout_is_stopped,
    tag_vanishes,
    tag_vanishes_and_rollback_cannot_run,
    tag_vanishes_and_rollout_is_stopped,
)


@pytest.mark.parametrize("story", [tag_vanishes, member_tag_vanishes])
def test_canary_without_tag_gets_no_further_share_and_is_rolled_back(story, stories, stack):
    """P9, P10: the step ends without a second shift, and Cause has the command; RollBack needs no tag."""
    rollout = stories(story)
    assert f"{rollout.shop.name} has lost its tag rollout:alias" in rollout.cause
    assert f"aws lambda tag-resource --resource {rollout.shop.arn} --tags rollout:alias=live" in rollout.cause
    assert stack.executions.states(rollout.execution).count("ShiftTraffic") == 1
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "RollBack" in stack.executions.states(rollout.execution)
    assert not stack.ledger.lock(rollout.shop)


@pytest.mark.parametrize("story", [tag_vanishes_and_rollback_cannot_run, member_tag_vanishes_and_rollback_cannot_run])
def test_restore_alias_needs_no_tag(story, stories, stack):
    rollout = stories(story)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "RestoreAlias" in stack.executions.states(rollout.execution)


@pytest.mark.parametrize("story", [tag_vanishes_and_rollout_is_stopped, member_tag_vanishes_and_rollout_is_stopped])
def test_guardian_needs_no_tag(story, stories):
    rollout = stories(story)
    assert (rollout.ending, rollout.shop.shares()) == ("ABORTED", {"1": 100})
