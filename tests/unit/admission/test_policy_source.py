"""A rollout goes by the execution's policy, else by the function's own, else by the stack's; each says whose it is."""

import json

import pytest

from rollout.admission.policy_source import StoredPolicy, choose_policy
from rollout.domain.errors import InvalidPolicyError, UnknownPolicyError

DEFAULT = {"steps": [{"percent": 5, "hold": "5m"}]}
OWN = {"steps": [{"percent": 20, "hold": 60}]}
TAGGED = {"rollout:policy": "Canary30Percent5Minutes", "rollout:alias": "live"}
PARAMETER = "/rollouts/policies/careful"


def stored(value: object) -> StoredPolicy:
    return StoredPolicy(parameter=PARAMETER, text=value if isinstance(value, str) else json.dumps(value))


@pytest.mark.parametrize(
    ("asked", "tags", "default", "percent", "source"),
    [
        (OWN, TAGGED, DEFAULT, 20, "the execution's input"),
        ("Canary7Percent5Minutes", TAGGED, DEFAULT, 7, "the preset Canary7Percent5Minutes, named by the execution's"),
        (None, TAGGED, DEFAULT, 30, "the preset Canary30Percent5Minutes, named by the tag rollout:policy"),
        (None, {"rollout:policy": ""}, DEFAULT, 5, "the stack's DefaultPolicy"),
        (None, {}, DEFAULT, 5, "the stack's DefaultPolicy"),
        (None, {}, "Canary9Percent5Minutes", 9, "the preset Canary9Percent5Minutes, named by the stack's Default"),
        (OWN, {"rollout:policy": "no such"}, "none either", 20, "the execution's input"),
        (None, TAGGED, "none either", 30, "the preset Canary30Percent5Minutes"),
    ],
)
def test_the_execution_goes_before_the_tag_and_the_tag_before_the_stack(asked, tags, default, percent, source):
    choice = choose_policy(asked, tags, default)
    assert choice.stored_name is None
    assert choice.resolve(None).steps[0].percent == percent
    assert choice.describe_source(None).startswith(source)


WAYS = [
    (("careful", {}, DEFAULT), "the execution's input", "The policy"),
    ((None, {"rollout:policy": "careful"}, DEFAULT), "the tag rollout:policy", "The tag rollout:policy"),
    ((None, {}, "careful"), "the stack's DefaultPolicy", "The stack's DefaultPolicy"),
]


@pytest.mark.parametrize(("way", "by", "_whose"), WAYS)
def test_a_stored_policy_may_be_named_in_each_of_the_three_places(way, by, _whose):
    choice = choose_policy(*way)
    assert choice.stored_name == "careful"
    assert choice.resolve(stored(OWN)).steps[0].percent == 20
    assert choice.describe_source(stored(OWN)) == f"the parameter {PARAMETER}, named by {by}"


@pytest.mark.parametrize("text", ["AllAtOnce", "AllAtOnce\n", '"AllAtOnce"', '{"steps": "AllAtOnce"}'])
def test_a_stored_policy_may_be_a_preset(text):
    assert choose_policy("careful", {}, DEFAULT).resolve(stored(text)).is_all_at_once


@pytest.mark.parametrize(("way", "by", "_whose"), WAYS)
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"steps": [{"percent": 0, "hold": "5m"}]}, "policy.steps[0].percent is 0: a step's share is at least 1"),
        ({"steps": "Canary10Percent"}, 'policy.steps is "Canary10Percent": presets are AllAtOnce'),
        ({"steps": []}, "policy.steps is []: write at least 1 item"),
        ({}, "policy.steps is missing"),
        ([OWN], "write an object"),
        ("steps: []", 'policy is "steps: []": JSON, or a preset\'s name, is needed'),
        ("other", 'policy is "other": JSON, or a preset\'s name, is needed'),
        ('"other"', 'policy is "other": write an object'),
        ("", 'policy is "": JSON'),
        ("null", "policy is null: write an object"),
        ('{"steps": [', 'policy is "{\\"steps\\": [": JSON'),
    ],
)
def test_a_bad_stored_policy_is_refused_by_parameter_field_and_value(way, by, _whose, written, said):
    with pytest.raises(InvalidPolicyError) as refused:
        choose_policy(*way).resolve(stored(written))
    assert str(refused.value).startswith(f"The parameter {PARAMETER}, named by {by}, is refused: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(("way", "_by", "whose"), WAYS)
def test_a_policy_nobody_stored_is_refused_with_what_to_do(way, _by, whose):
    with pytest.raises(UnknownPolicyError) as refused:
        choose_policy(*way).resolve(StoredPolicy(parameter=PARAMETER, text=None))
    assert str(refused.value).startswith(f'{whose} is "careful", and there is no parameter {PARAMETER}: put the policy')
    assert f"aws ssm put-parameter --type String --name {PARAMETER} --value " in str(refused.value)
    assert "or name a preset: AllAtOnce, Canary<N>Percent<M>Minutes" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Canary10Percent", "presets are AllAtOnce, Canary<N>Percent<M>Minutes or Linear<N>PercentEvery<M>Minutes"),
        ("all at once", "presets are AllAtOnce"),
        ("../secrets", "write a policy as JSON, a preset's name or a stored policy's"),
        ("team/careful", "write a policy as JSON"),
        ("", "write a policy as JSON"),
        ("x" * 129, "write a policy as JSON"),
        ('{"steps": [', "write a policy as JSON"),
    ],
)
def test_what_can_be_no_name_is_not_looked_up(name, said):
    with pytest.raises(InvalidPolicyError) as refused:
        _ = choose_policy(name, {}, DEFAULT).stored_name
    assert str(refused.value).startswith("The policy is refused: policy is ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (({}, {}, DEFAULT), "The policy is refused: policy.steps is missing"),
        ((5, {}, DEFAULT), "The policy is refused: policy is 5: write an object"),
        ((None, {}, {}), "The stack's DefaultPolicy is refused: policy.steps is missing"),
        ((None, {"rollout:policy": "Linear1PercentEvery1Hour"}, DEFAULT), "The tag rollout:policy is refused: policy."),
    ],
)
def test_whose_policy_is_refused_is_said(way, said):
    with pytest.raises(InvalidPolicyError) as refused:
        choose_policy(*way).resolve(None)
    assert str(refused.value).startswith(said)
