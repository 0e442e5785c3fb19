"""Presets have the names that CodeDeploy uses, for any numbers. A misspelled preset is refused with the valid forms."""

import re

import pytest

from rollout.domain.errors import InvalidPolicyError
from rollout.policy.policy import Policy
from rollout.policy.presets import FORMS, PATTERN, is_near_preset, is_preset, preset_steps
from rollout.policy.read_policy import read_policy

TENTHS = [10, 20, 30, 40, 50, 60, 70, 80, 90]
NAMES = [
    ("AllAtOnce", [], 0),
    ("LambdaAllAtOnce", [], 0),
    ("CodeDeployDefault.LambdaAllAtOnce", [], 0),
    ("Canary10Percent5Minutes", [10], 300),
    ("Canary25Percent30Minutes", [25], 1800),
    ("Canary99Percent1Minute", [99], 60),
    ("Canary1Percent2Hours", [1], 7200),
    ("LambdaCanary10Percent15Minutes", [10], 900),
    ("CodeDeployDefault.LambdaCanary10Percent30Minutes", [10], 1800),
    ("CodeDeployDefault.Canary10Percent30Minutes", [10], 1800),
    ("Linear10PercentEvery1Minute", TENTHS, 60),
    ("Linear10PercentEvery2Minutes", TENTHS, 120),
    ("CodeDeployDefault.LambdaLinear10PercentEvery10Minutes", TENTHS, 600),
    ("Linear33PercentEvery1Hour", [33, 66, 99], 3600),
    ("Linear50PercentEvery3Minutes", [50], 180),
    ("Linear70PercentEvery3Minutes", [70], 180),
]
BAD = [
    "allAtOnce",
    "All-At-Once",
    "Canary10Percent",
    "Canary10Percent5",
    "Canary10Percent5Seconds",
    "Canary0Percent5Minutes",
    "Canary100Percent5Minutes",
    "Canary10Percent0Minutes",
    "Canary010Percent5Minutes",
    "Canary10PercentEvery5Minutes",
    "Canary-10-Percent-5-Minutes",
    "CanaryPercent5Minutes",
    "canary10percent5minutes",
    "Linear10Percent1Minute",
    "Linear10PercentEveryMinute",
    "Linear12.5PercentEvery1Minute",
    "CodeDeployDefault.LambdaCanary10Percent",
    "CodeDeployDefault.ECSAllAtOnce",
    "CodeDeployDefault",
    "AllAtOnce\n",
]
OTHERS = ["careful", "canary", "canary-slow", "linear2", "all", "team.web_slow", "Canary2"]


@pytest.mark.parametrize(("name", "shares", "seconds"), NAMES)
def test_preset_gives_its_steps(name, shares, seconds):
    policy = read_policy({"steps": name})
    assert [(step.percent, step.hold) for step in policy.steps] == [(share, seconds) for share in shares]
    assert (policy.bake, policy.is_all_at_once) == (900, not shares)
    assert is_preset(name)


@pytest.mark.parametrize("name", BAD)
def test_misspelled_preset_is_refused_with_the_valid_forms(name):
    assert is_near_preset(name)
    with pytest.raises(InvalidPolicyError) as refused:
        read_policy({"steps": name})
    assert str(refused.value).startswith("The policy is refused: policy.steps is ")
    assert FORMS in str(refused.value)


@pytest.mark.parametrize("name", OTHERS)
def test_other_name_is_not_a_preset(name):
    assert not is_preset(name)
    assert not is_near_preset(name)
    with pytest.raises(ValueError, match="name a preset: Auto, AllAtOnce"):
        preset_steps(name)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Canary10Percent800Hours", 'policy.steps[0].hold is "800h": write a duration from 0 to 30d'),
        ("Linear1PercentEvery1Hour", "policy.interval is 1m: the holds and the bake need 6,055 evaluations"),
        ("Linear10PercentEvery38Hours", "policy.steps and bake take about 15d with the evaluation at the end of each"),
    ],
)
def test_preset_that_takes_too_long_is_refused(name, sentence):
    """P12."""
    with pytest.raises(InvalidPolicyError, match=re.escape(sentence)):
        read_policy({"steps": name})


def test_preset_combines_with_other_policy_fields():
    policy = read_policy({"steps": "Linear1PercentEvery1Hour", "interval": "5m", "bake": "1h"})
    assert (len(policy.steps), policy.bake) == (99, 3600)


@pytest.mark.parametrize("name", [name for name, *_ in NAMES])
def test_preset_passes_through_the_state_machine_unchanged(name):
    """P12: AllAtOnce is written by its name, because an empty list of steps is refused."""
    policy = read_policy({"steps": name})
    assert Policy.model_validate_json(policy.model_dump_json()) == policy


def test_all_at_once_is_written_by_its_name():
    assert read_policy({"steps": "LambdaAllAtOnce"}).model_dump(mode="json")["steps"] == "AllAtOnce"


def test_schema_pattern_matches_the_same_names():
    assert all(re.search(PATTERN, name) for name, *_ in NAMES)
    assert not any(re.search(PATTERN, name) for name in BAD if not name.endswith("\n"))
