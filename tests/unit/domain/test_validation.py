"""The problems of an input are listed field by field, in plain sentences."""

import pytest
from pydantic import ValidationError

from rollout.domain.validation import format_problems
from rollout.policy.policy import Policy


def problems(value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate(value)
    return format_problems(refused.value, "policy")


def test_every_problem_is_listed():
    assert problems({"steps": [{"percent": 0, "hold": "5m"}, {"hold": "5w"}], "bakes": 1}) == (
        "policy.steps[0].percent is 0: write a share from 1 to 99; the promotion after the last step"
        ' gives 100; policy.steps[1].percent is missing: add it; policy.steps[1].hold is "5w": write whole seconds, or'
        ' a number with a unit such as "90s", "5m" or "2h"; policy.bakes is not a known field (found 1): remove it or'
        " correct its name"
    )


def test_long_value_is_cut():
    assert problems({"steps": "AllAtOnce", "ignore": "x" * 1000}) == f'policy.ignore is "{"x" * 79}…: write a list'


def test_problem_without_root_names_the_input():
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate([])
    assert format_problems(refused.value) == "the input is []: write an object"
