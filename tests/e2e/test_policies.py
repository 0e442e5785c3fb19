"""The policy of a rollout, and versions that cannot share an alias, in the deployed stack."""

import json

import pytest

from tests.e2e.stories.pruning import other_role_fails_in_bake
from tests.e2e.stories.starts import other_role_is_promoted, tag_names_policy


def test_tag_selects_stored_policy(stories, stack):
    rollout = stories(tag_names_policy)
    document = stack.executions.inputs(rollout.execution)["PromoteVersion"]
    (entry,) = stack.ledger.rollouts(rollout.shop)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    assert [step["percent"] for step in document["policy"]["steps"]] == [30, 70]
    assert json.loads(entry["policy"]) == document["policy"]
    assert entry["policy_source"] == "the parameter /rollouts/policies/careful, named by the tag rollout:policy"


def test_version_with_other_role_is_promoted_at_once(stories):
    """P1."""
    rollout = stories(other_role_is_promoted)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    assert "healthy: errors since promotion: 0 of " in rollout.output["reason"]


def test_faulty_version_with_other_role_is_rolled_back_from_bake(stories):
    """P1, P10."""
    rollout = stories(other_role_fails_in_bake)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "the canary fails more often than max_error_percent (5 %) allows" in rollout.cause


def test_stable_cannot_be_pruned_until_the_rollout_has_ended(stories, stack):
    """P1: Lambda keeps every version that an alias references, and the stable alias references stable."""
    rollout = stories(other_role_fails_in_bake)
    assert (rollout.in_bake, rollout.at_end) == ("ResourceConflictException", "deleted")
    aliases = stack.client("lambda").list_aliases(FunctionName=rollout.shop.name)["Aliases"]
    assert [alias["Name"] for alias in aliases] == ["live"]


@pytest.mark.parametrize("story", [other_role_is_promoted, other_role_fails_in_bake])
def test_version_with_other_role_never_shares_alias(story, stories, stack):
    states = stack.executions.states(stories(story).execution)
    assert states[:4] == ["ReadInput", "PrepareRollout", "ChooseStart", "PromoteVersion"]
    assert "ShiftTraffic" not in states
