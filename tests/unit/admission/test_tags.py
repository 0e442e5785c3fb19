"""A function's tags opt an alias in, are unrelated, or are refused with the command that fixes them."""

import pytest

from rollout.admission.tags import tag_problems
from rollout.domain.tags import tagged_alias, tagged_channel

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
TAG = f"aws lambda tag-resource --resource {ARN} --tags "
UNTAG = f"aws lambda untag-resource --resource {ARN} --tag-keys "
OPTED_IN = {"rollout:alias": "live"}


def problems(tags):
    return [*tag_problems(tags, ARN)]


UNRELATED = [
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


@pytest.mark.parametrize("tags", [{}, dict.fromkeys(UNRELATED, ""), *({name: "live"} for name in UNRELATED)])
def test_unrelated_tags_are_ignored(tags):
    assert (tagged_alias(tags), problems(tags)) == (None, [])
    assert (tagged_alias(tags | OPTED_IN), problems(tags | OPTED_IN)) == ("live", [])


@pytest.mark.parametrize("alias", ["live", "LIVE", "a", "live-2", "2live", "_", "a" * 128])
@pytest.mark.parametrize("policy", [{}, {"rollout:policy": "careful"}, {"rollout:policy": "not a name"}])
def test_valid_tags_opt_the_alias_in(alias, policy):
    """A missing policy is refused later, when it is read."""
    tags = {"rollout:alias": alias} | policy
    assert (tagged_alias(tags), problems(tags)) == (alias, [])


@pytest.mark.parametrize(
    "value", ["", " ", "my live", "7", "$LATEST", "live,beta", "live:2", "a" * 129, "lÄve", "rollout-stable-live"]
)
def test_invalid_alias_name_is_refused_with_the_command_that_fixes_it(value):
    tags = {"rollout:alias": value}
    (sentence,) = problems(tags)
    assert tagged_alias(tags) is None
    assert sentence.startswith('The tag rollout:alias is "')
    assert f"({TAG}rollout:alias=live)" in sentence


def test_policy_without_opt_in_is_refused():
    (sentence,) = problems({"rollout:policy": "careful"})
    assert sentence.startswith('The tag rollout:policy is "careful", but the function has no tag rollout:alias, which')
    assert f"({TAG}rollout:alias=live)" in sentence
    assert f"({UNTAG}rollout:policy)" in sentence


def test_empty_policy_is_refused():
    (sentence,) = problems(OPTED_IN | {"rollout:policy": ""})
    assert sentence.startswith('The tag rollout:policy is "", but it must name a policy')
    assert f"({UNTAG}rollout:policy)" in sentence


TYPOS = [
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


@pytest.mark.parametrize(("key", "tag"), TYPOS)
def test_typo_is_refused_with_the_correct_tag(key, tag):
    (sentence,) = problems({key: "careful"})
    assert sentence.startswith(f'The tag "{key}" (value "careful") looks like a typo of {tag}: add the correct tag')
    assert f"({TAG}{tag}=careful)" in sentence
    assert f"({UNTAG}{key})" in sentence


@pytest.mark.parametrize(("key", "tag"), TYPOS)
def test_typo_beside_the_correct_tag_is_refused(key, tag):
    """It is unknown which of the two tags is intended."""
    (sentence,) = problems(OPTED_IN | {"rollout:policy": "careful", key: "other"})
    assert f"looks like a typo of {tag}, which the function also has: remove this one ({UNTAG}{key})." in sentence


def test_command_is_quoted_for_the_shell():
    (sentence,) = problems({"Rollout Alias": "live"})
    assert f"({UNTAG}'Rollout Alias')" in sentence


def test_every_problem_is_listed():
    tags = {"rollout:alias": "7", "rollout:policy": "", "rollout-alias": "live", "rollout:polcy": "careful"}
    assert [sentence.split(" is ")[0].split(" (")[0] for sentence in problems(tags)] == [
        "The tag rollout:alias",
        "The tag rollout:policy",
        'The tag "rollout-alias"',
        'The tag "rollout:polcy"',
    ]


def test_typo_is_listed_once():
    """The tag of the policy is correct as soon as the misspelled tag of the alias is fixed."""
    assert len(problems({"rollout:policy": "careful", "rollout:alais": "live"})) == 1


CHANNELS = ["checkout", "checkout-team", "a", "0", "A.b_c-d/e:f@g", "x" * 100]


@pytest.mark.parametrize("channel", CHANNELS)
def test_channel_is_read(channel):
    tags = OPTED_IN | {"rollout:channel": channel}
    assert (tagged_channel(tags), problems(tags)) == (channel, [])


@pytest.mark.parametrize("channel", ["", " ", "the team", "a,b", "-a", "#checkout", "x" * 101, "a\nb", "<!here>", "ä"])
def test_malformed_channel_is_refused_with_the_commands_that_fix_it(channel):
    tags = OPTED_IN | {"rollout:channel": channel}
    (problem,) = problems(tags)
    assert tagged_channel(tags) is None
    assert problem.startswith("The tag rollout:channel is ")
    assert "a channel has 1 to 100 letters, digits and ._-/:@" in problem
    assert f"set it ({TAG}rollout:channel=checkout-team), or remove it ({UNTAG}rollout:channel)." in problem


def test_channel_without_opt_in_is_no_problem():
    """A stack may tag each of its functions."""
    assert problems({"rollout:channel": "checkout"}) == []


@pytest.mark.parametrize("key", ["rollout:chanel", "rollout:Channel", "Rollout-Channel"])
def test_typo_of_the_channel_is_refused(key):
    (problem,) = problems(OPTED_IN | {key: "checkout"})
    assert "looks like a typo of rollout:channel" in problem
