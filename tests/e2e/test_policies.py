"""By which policy a rollout goes, and what becomes of versions that cannot share an alias, in the deployed stack."""

import json

import pytest

from tests.e2e.stories import (
    another_role_promoted_at_once,
    another_role_taken_back_from_the_bake,
    policy_named_by_the_tag,
)

AT_ONCE = (another_role_promoted_at_once, another_role_taken_back_from_the_bake)


def test_a_function_goes_by_the_stored_policy_its_tag_names(stories, sandbox):
    played = stories(policy_named_by_the_tag)
    document = sandbox.inputs(played.execution)["PromoteVersion"]
    (entry,) = sandbox.rollouts(played.shop)
    assert (played.ending, played.shop.served()) == ("SUCCEEDED", {"2": 100})
    assert [step["percent"] for step in document["policy"]["steps"]] == [30, 70]
    assert json.loads(entry["policy"]) == document["policy"]
    assert entry["policy_source"] == "the parameter /rollouts/policies/careful, named by the tag rollout:policy"


def test_a_version_with_another_role_is_promoted_at_once(stories):
    """P1."""
    played = stories(another_role_promoted_at_once)
    assert (played.ending, played.shop.served()) == ("SUCCEEDED", {"2": 100})
    assert "healthy: errors since promotion: 0 of " in json.loads(played.ended["output"])["reason"]


def test_a_version_with_another_role_is_taken_back_from_the_bake(stories):
    """P1, P10."""
    played = stories(another_role_taken_back_from_the_bake)
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})
    assert "the canary fails more than max_error_percent 5 % allows" in played.ended["cause"]


@pytest.mark.parametrize("story", AT_ONCE)
def test_a_version_promoted_at_once_never_shares_the_alias(story, stories, sandbox):
    entered = sandbox.states(stories(story).execution)
    assert entered[:3] == ["PrepareRollout", "ChooseStart", "PromoteVersion"]
    assert "ShiftTraffic" not in entered
