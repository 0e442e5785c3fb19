"""A rollout uses the execution's policy, else the function's, else the stack's, and states where it comes from."""

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
    ("requested", "tags", "default", "percent", "source"),
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
def test_execution_comes_before_tag_and_tag_before_stack(requested, tags, default, percent, source):
    choice = choose_policy(requested, tags, default)
    assert choice.stored_name is None
    assert choice.resolve(None).steps[0].percent == percent
    assert choice.describe_source(None).startswith(source)


CHOICES = [
    (("careful", {}, DEFAULT), "the execution's input", "The policy"),
    ((None, {"rollout:policy": "careful"}, DEFAULT), "the tag rollout:policy", "The tag rollout:policy"),
    ((None, {}, "careful"), "the stack's DefaultPolicy", "The stack's DefaultPolicy"),
]


@pytest.mark.parametrize(("arguments", "source", "_subject"), CHOICES)
def test_stored_policy_may_be_named_by_each_origin(arguments, source, _subject):
    choice = choose_policy(*arguments)
    assert choice.stored_name == "careful"
    assert choice.resolve(stored(OWN)).steps[0].percent == 20
    assert choice.describe_source(stored(OWN)) == f"the parameter {PARAMETER}, named by {source}"


@pytest.mark.parametrize("text", ["AllAtOnce", "AllAtOnce\n", '"AllAtOnce"', '{"steps": "AllAtOnce"}'])
def test_stored_policy_may_be_a_preset(text):
    assert choose_policy("careful", {}, DEFAULT).resolve(stored(text)).is_all_at_once


@pytest.mark.parametrize(("arguments", "source", "_subject"), CHOICES)
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ({"steps": [{"percent": 0, "hold": "5m"}]}, "policy.steps[0].percent is 0: write a share from 1 to 99"),
        ({"steps": "Canary10Percent"}, 'policy.steps is "Canary10Percent": name a preset: Auto, AllAtOnce'),
        ({"steps": []}, "policy.steps is []: write at least 1 item"),
        ({"step": 1}, "policy.step is not a known field (found 1)"),
        ([OWN], "write an object"),
        ("steps: []", 'policy is "steps: []": write JSON or the name of a preset'),
        ("other", 'policy is "other": write JSON or the name of a preset'),
        ('"other"', 'policy is "other": write an object'),
        ("", 'policy is "": write JSON'),
        ("null", "policy is null: write an object"),
        ('{"steps": [', 'policy is "{\\"steps\\": [": write JSON'),
    ],
)
def test_invalid_stored_policy_is_refused_by_parameter_field_and_value(arguments, source, _subject, text, sentence):
    with pytest.raises(InvalidPolicyError) as refused:
        choose_policy(*arguments).resolve(stored(text))
    assert str(refused.value).startswith(f"The parameter {PARAMETER}, named by {source}, is refused: ")
    assert sentence in str(refused.value)


@pytest.mark.parametrize(("arguments", "_source", "subject"), CHOICES)
def test_missing_stored_policy_is_refused_with_the_remedy(arguments, _source, subject):
    with pytest.raises(UnknownPolicyError) as refused:
        choose_policy(*arguments).resolve(StoredPolicy(parameter=PARAMETER, text=None))
    assert str(refused.value).startswith(f'{subject} is "careful", but there is no parameter {PARAMETER}: store the')
    assert f"aws ssm put-parameter --type String --name {PARAMETER} --value " in str(refused.value)
    assert "or name a preset: Auto, AllAtOnce, Canary<N>Percent<M>Minutes" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "Canary10Percent",
            "name a preset: Auto, AllAtOnce, Canary<N>Percent<M>Minutes or Linear<N>PercentEvery<M>Minutes",
        ),
        ("all at once", "name a preset: Auto, AllAtOnce"),
        ("../secrets", "write a policy as JSON, the name of a preset or the name of a stored policy"),
        ("team/careful", "write a policy as JSON"),
        ("", "write a policy as JSON"),
        ("x" * 129, "write a policy as JSON"),
        ('{"steps": [', "write a policy as JSON"),
    ],
)
def test_invalid_name_is_not_looked_up(name, sentence):
    with pytest.raises(InvalidPolicyError) as refused:
        _ = choose_policy(name, {}, DEFAULT).stored_name
    assert str(refused.value).startswith("The policy is refused: policy is ")
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (({"steps": []}, {}, DEFAULT), "The policy is refused: policy.steps is []"),
        ((5, {}, DEFAULT), "The policy is refused: policy is 5: write an object"),
        ((None, {}, {"steps": []}), "The stack's DefaultPolicy is refused: policy.steps is []"),
        ((None, {"rollout:policy": "Linear1PercentEvery1Hour"}, DEFAULT), "The tag rollout:policy is refused: policy."),
    ],
)
def test_refusal_names_the_origin_of_the_policy(arguments, sentence):
    with pytest.raises(InvalidPolicyError) as refused:
        choose_policy(*arguments).resolve(None)
    assert str(refused.value).startswith(sentence)
