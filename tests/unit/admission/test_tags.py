"""A function's tags say nothing to us, hand an alias over, or are wrong in a way that its owner is told."""

import pytest

from rollout.admission.tags import tag_problems, tagged_alias

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
TAG = f"aws lambda tag-resource --resource {ARN} --tags "
UNTAG = f"aws lambda untag-resource --resource {ARN} --tag-keys "
OPTED_IN = {"rollout:alias": "live"}


def problems(tags):
    return [*tag_problems(tags, ARN)]


STRANGERS = [
    "Name",
    "team",
    "alias",
    "policy",
    "rollout",
    "rollouts",
    "rollout:date",
    "rollout:owner",
    "rollout:plan",
    "rollout:alarm",
    "rollout-state",
    "rollback:policy",
    "backup:policy",
    "lambda:createdBy",
    "aws:cloudformation:stack-name",
]


@pytest.mark.parametrize("tags", [{}, dict.fromkeys(STRANGERS, ""), *({name: "live"} for name in STRANGERS)])
def test_other_peoples_tags_say_nothing_to_us(tags):
    assert (tagged_alias(tags), problems(tags)) == (None, [])
    assert (tagged_alias(tags | OPTED_IN), problems(tags | OPTED_IN)) == ("live", [])


@pytest.mark.parametrize("alias", ["live", "LIVE", "a", "live-2", "2live", "_", "a" * 128])
@pytest.mark.parametrize("policy", [{}, {"rollout:policy": "careful"}, {"rollout:policy": "not a name"}])
def test_an_alias_is_handed_over_by_its_name(alias, policy):
    """Whether there is such a policy is seen when it is read."""
    tags = {"rollout:alias": alias} | policy
    assert (tagged_alias(tags), problems(tags)) == (alias, [])


@pytest.mark.parametrize("value", ["", " ", "my live", "7", "$LATEST", "live,beta", "live:2", "a" * 129, "lÄve"])
def test_a_value_that_is_no_aliass_name_is_told_with_the_line_that_mends_it(value):
    tags = {"rollout:alias": value}
    (said,) = problems(tags)
    assert tagged_alias(tags) is None
    assert said.startswith('The tag rollout:alias is "')
    assert f"({TAG}rollout:alias=live)" in said


def test_a_policy_for_no_alias_is_told():
    (said,) = problems({"rollout:policy": "careful"})
    assert said.startswith('The tag rollout:policy is "careful", but without the tag rollout:alias no alias is handed')
    assert f"({TAG}rollout:alias=live)" in said
    assert f"({UNTAG}rollout:policy)" in said


def test_a_policy_without_a_name_is_told():
    (said,) = problems(OPTED_IN | {"rollout:policy": ""})
    assert said.startswith('The tag rollout:policy is "", and has to name a policy')
    assert f"({UNTAG}rollout:policy)" in said


SLIPS = [
    ("rollout:alais", "rollout:alias"),
    ("rollout:alia", "rollout:alias"),
    ("rollout:aliases", "rollout:alias"),
    ("Rollout:Alias", "rollout:alias"),
    ("ROLLOUT:ALIAS", "rollout:alias"),
    ("rollout-alias", "rollout:alias"),
    ("rollout_alias", "rollout:alias"),
    ("rollout/alias", "rollout:alias"),
    ("rollouts:alias", "rollout:alias"),
    ("RolloutAlias", "rollout:alias"),
    ("rolout:alias", "rollout:alias"),
    ("rollout:polcy", "rollout:policy"),
    ("rollout:polices", "rollout:policy"),
    ("Rollout:Policy", "rollout:policy"),
    ("rollout-policy", "rollout:policy"),
]


@pytest.mark.parametrize(("key", "meant"), SLIPS)
def test_a_slip_of_the_pen_is_told_with_what_was_meant(key, meant):
    (said,) = problems({key: "careful"})
    assert said.startswith(f'The tag "{key}" (value "careful") is no tag of ours, and looks like {meant}: spell it so')
    assert f"({TAG}{meant}=careful)" in said
    assert f"({UNTAG}{key})" in said


@pytest.mark.parametrize(("key", "meant"), SLIPS)
def test_a_slip_beside_the_right_tag_is_told_too(key, meant):
    """Nobody knows which of the two is meant."""
    (said,) = problems(OPTED_IN | {"rollout:policy": "careful", key: "other"})
    assert f"looks like {meant}, which the function has as well: take it away ({UNTAG}{key})." in said


def test_a_command_is_one_that_a_shell_takes():
    (said,) = problems({"Rollout Alias": "live"})
    assert f"({UNTAG}'Rollout Alias')" in said


def test_all_that_is_wrong_is_told_at_once():
    wrong = {"rollout:alias": "7", "rollout:policy": "", "rollout-alias": "live", "rollout:polcy": "careful"}
    assert [said.split(" is ")[0].split(" (")[0] for said in problems(wrong)] == [
        "The tag rollout:alias",
        "The tag rollout:policy",
        'The tag "rollout-alias"',
        'The tag "rollout:polcy"',
    ]


def test_one_slip_is_told_once():
    """A policy whose alias's tag is misspelt is in order, once the alias's is."""
    assert len(problems({"rollout:policy": "careful", "rollout:alais": "live"})) == 1
