"""Tests of the hooks of a policy."""

import pytest

from rollout.auto.candidates import LADDERS
from rollout.domain.errors import InvalidPolicyError
from rollout.policy.hooks import Hook, Hooks, most_evaluations
from rollout.policy.planned import AUTO_STEPS, MAX_EVALUATIONS
from rollout.policy.read_policy import read_policy

SMOKE = {"function": "smoke"}
FORM = "write a function's name without account and region, with or without :version or :alias at its end"
STEPS = [{"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}]


def refusal(**hooks: object) -> str:
    with pytest.raises(InvalidPolicyError) as raised:
        read_policy({"steps": STEPS, "hooks": hooks})
    return str(raised.value)


def test_hook_has_five_minutes_and_rolls_back_by_default():
    (hook,) = read_policy({"hooks": {"each_step": [SMOKE]}}).hooks.each_step
    assert (hook.timeout, hook.on_error) == (300, "roll_back")


@pytest.mark.parametrize("name", ["smoke", "smoke:live", "smoke:7", "function:smoke:live"])
def test_hook_is_named_like_a_function_of_the_same_account(name):
    (hook,) = read_policy({"hooks": {"each_step": [{"function": name}]}}).hooks.each_step
    assert hook.function == name.removeprefix("function:")


@pytest.mark.parametrize(
    ("hooks", "said"),
    [
        ({"each_step": [{}]}, "policy.hooks.each_step[0].function is missing"),
        ({"each_step": SMOKE}, "policy.hooks.each_step is"),
        ({"eachstep": [SMOKE]}, "policy.hooks.eachstep is not a known field"),
        ({"each_step": [SMOKE | {"function": "no function"}]}, "write a function's name"),
        (
            {"each_step": [{"function": "arn:aws:lambda:eu-west-1:123456789012:function:x"}]},
            f'function:x": {FORM}',
        ),
        ({"each_step": [{"function": "123456789012:function:x"}]}, FORM),
        ({"each_step": [{"function": "rauch-prüfung"}]}, FORM),
        ({"each_step": [{"function": ""}]}, FORM),
        ({"each_step": [SMOKE | {"timeout": -1}]}, "timeout is -1: write a duration from 1s to 1d"),
        ({"each_step": [SMOKE | {"timeout": "31d"}]}, "write a duration from 1s to 1d"),
        ({"each_step": [SMOKE | {"timeout": "soon"}]}, "write whole seconds, or a number with a unit"),
        ({"each_step": [SMOKE | {"timeout": 0}]}, "write a duration from 1s to 1d"),
        ({"each_step": [SMOKE | {"timeout": "2d"}]}, "write a duration from 1s to 1d"),
        ({"on_rollback": [SMOKE | {"timeout": "16m"}]}, "write a duration from 1s to 15m"),
        ({"on_rollback": [SMOKE | {"on_error": "promote"}]}, "policy.hooks.on_rollback[0].on_error is not a known"),
        ({"each_step": [SMOKE | {"on_error": "ignore"}]}, "policy.hooks.each_step[0].on_error is"),
        ({"each_step": [SMOKE] * 6}, "write at most 5 items"),
    ],
)
def test_invalid_hook_is_refused_with_its_field(hooks, said):
    assert said in refusal(**hooks)


def test_hooks_that_may_take_too_many_evaluations_are_refused_with_their_number():
    """P12: a hook that is called again and again cannot use up the history of the execution."""
    said = refusal(each_step=[SMOKE | {"timeout": "1d"}] * 5, after_traffic=[SMOKE | {"timeout": "1d"}])
    assert "(the calls of the hooks count as" in said
    assert "use a longer interval, or shorter timeouts of the hooks" in said


def test_hooks_take_their_time_from_the_limit_of_a_plan():
    steps = [{"percent": 10, "hold": "13d"}]
    assert read_policy({"steps": steps, "interval": "1h"})
    with pytest.raises(InvalidPolicyError, match="steps, with the timeouts of the hooks, and bake take"):
        read_policy({"steps": steps, "interval": "1h", "hooks": {"each_step": [SMOKE | {"timeout": "1d"}]}})


@pytest.mark.parametrize("preset", ["AllAtOnce", "Canary10Percent5Minutes", "Linear10PercentEvery1Minute", "Auto"])
def test_five_hooks_with_their_default_timeout_fit_at_every_point_of_a_preset(preset):
    points = dict.fromkeys(["before_traffic", "after_traffic"], [SMOKE] * 5)
    of_steps = {} if preset == "AllAtOnce" else {"each_step": [SMOKE] * 2}
    planned = read_policy({"steps": preset, "hooks": points | of_steps})
    assert planned.planned_evaluations + planned.hook_evaluations <= MAX_EVALUATIONS


def test_each_point_with_hooks_takes_an_evaluation_of_the_plan():
    plain = read_policy({"steps": STEPS})
    hooked = read_policy(
        {"steps": STEPS, "hooks": {"before_traffic": [SMOKE], "each_step": [SMOKE], "on_rollback": [SMOKE]}}
    )
    assert hooked.planned_evaluations == plain.planned_evaluations + 3
    assert (hooked.planned_seconds, hooked.hook_seconds) == (plain.planned_seconds, 3 * 300)


def test_auto_plans_for_as_many_steps_as_it_may_choose():
    assert max(map(len, LADDERS)) == AUTO_STEPS
    assert read_policy({"hooks": {"each_step": [SMOKE]}}).hook_evaluations == AUTO_STEPS * most_evaluations(
        [Hook(function="smoke")]
    )


def test_functions_are_named_once_with_the_first_field():
    hooks = Hooks.model_validate({"each_step": [SMOKE, {"function": "load"}], "after_traffic": [SMOKE]})
    assert hooks.functions == [("smoke", "hooks.each_step[0].function"), ("load", "hooks.each_step[1].function")]


def test_policy_without_hooks_is_otherwise_the_same():
    hooked = read_policy({"steps": STEPS, "hooks": {"each_step": [SMOKE]}})
    assert hooked.without_hooks == read_policy({"steps": STEPS})


def test_return_at_once_calls_no_hook_but_those_on_a_rollback():
    hooked = read_policy({"steps": STEPS, "hooks": {"before_traffic": [SMOKE], "on_rollback": [SMOKE]}})
    assert hooked.at_once().called_hooks == []
    assert hooked.at_once().hooks.on_rollback == hooked.hooks.on_rollback


@pytest.mark.parametrize("preset", ["AllAtOnce", "LambdaAllAtOnce", "CodeDeployDefault.LambdaAllAtOnce"])
@pytest.mark.parametrize("bake", ["15m", "long"])
def test_hooks_of_steps_are_refused_where_there_are_no_steps(preset, bake):
    with pytest.raises(InvalidPolicyError) as refused:
        read_policy({"steps": preset, "bake": bake, "hooks": {"each_step": [SMOKE]}})
    assert (
        "policy.hooks.each_step is never called, because a policy without steps (AllAtOnce) promotes at once: move its"
        " hooks to before_traffic or after_traffic, or write steps"
    ) in str(refused.value)


def test_return_at_once_leaves_out_hooks_of_steps_and_is_valid():
    """P12: what a rollout of this policy carries from state to state can be read again."""
    returning = read_policy({"steps": STEPS, "hooks": {"each_step": [SMOKE]}}).at_once()
    assert read_policy(returning.model_dump(mode="json")).called_hooks == []
