"""What is wrong with an input is said field by field, in words that need no library's manual."""

import pytest
from pydantic import ValidationError

from rollout.domain.validation import format_problems
from rollout.policy.policy import Policy


def said(value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate(value)
    return format_problems(refused.value, "policy")


def test_every_problem_is_said_at_once():
    assert said({"steps": [{"percent": 0, "hold": "5m"}, {"hold": "5w"}], "bakes": 1}) == (
        "policy.steps[0].percent is 0: a step's share is at least 1 and at most 99; promotion after the last step"
        ' gives 100; policy.steps[1].percent is missing: add it; policy.steps[1].hold is "5w": write whole seconds, or'
        ' a number with its unit such as "90s", "5m" or "2h"; policy.bakes is not a known field (found 1): take it out,'
        " or correct its name"
    )


def test_a_long_value_is_shown_by_its_beginning():
    assert said({"steps": "AllAtOnce", "ignore": "x" * 1000}) == f'policy.ignore is "{"x" * 79}…: a list is needed'


def test_without_a_root_the_whole_value_is_the_input():
    with pytest.raises(ValidationError) as refused:
        Policy.model_validate([])
    assert format_problems(refused.value) == "the input is []: an object is needed"
