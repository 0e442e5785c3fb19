"""A policy is taken whole or refused field by field, and stays as it is on its way through the state machine."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from rollout.domain.errors import InvalidPolicyError
from rollout.policy.policy import MAX_DURATION_SECONDS, MAX_EVALUATIONS, Policy, read_policy
from rollout.schema import policy_schema
from rollout.state.rollout import Rollout
from tests import samples

SCHEMA = Path(__file__).parents[3] / "docs" / "policy.schema.json"
STEP = {"percent": 10, "hold": "5m"}
SHARES = "a step's share is at least 1 and at most 99; promotion after the last step gives 100"
DURATIONS = 'write whole seconds, or a number with its unit such as "90s", "5m" or "2h"'


def step(**changes: object) -> dict[str, object]:
    return {"steps": [STEP | changes]}


def policy(**changes: object) -> dict[str, object]:
    return {"steps": [STEP]} | changes


BEYOND_A_SCHEMA = [
    ({"steps": [STEP, STEP]}, "policy.steps[1].percent is 10 after 10: each step has to give the canary more"),
    (
        {"steps": [STEP, {"percent": 2.5, "hold": 1}]},
        "policy.steps[1].percent is 2.5 after 10: each step has to give the canary more than the one before",
    ),
    (
        policy(interval=1, bake="2h"),
        "policy.interval is 1s: the holds and the bake would take 7,502 evaluations",
    ),
    (
        step(hold="7d") | {"bake": "169h", "interval": "1h"},
        "policy.steps and bake take 337h up to the look that ends each, and a plan may take 14d, as CloudWatch keeps",
    ),
    (
        {"steps": [{"percent": n, "hold": "25h"} for n in range(1, 9)], "interval": "1d"},
        "policy.steps and bake take 17d up to the look that ends each, and a plan may take 14d",
    ),
    (policy(interval="2d"), 'policy.interval is "2d": at most 86,400 is needed'),
    (step(hold="31d"), 'policy.steps[0].hold is "31d": write a time from 0 to 30d'),
    (policy(interval="0s"), 'policy.interval is "0s": at least 1 is needed'),
    (step(percent=float("nan")), f"policy.steps[0].percent is NaN: {SHARES}"),
    (policy(guards={"max_error_percent": float("nan")}), "policy.guards.max_error_percent is NaN: a number is needed"),
    (policy(false_rollback_percent=float("nan")), "policy.false_rollback_percent is NaN: a number is needed"),
]

BAD = [
    ("text", 'policy is "text": an object is needed'),
    (None, "policy is null: an object is needed"),
    ([STEP], 'policy is [{"percent": 10, "hold": "5m"}]: an object is needed'),
    ({}, "policy.steps is missing"),
    ({"steps": []}, "policy.steps is []: at least 1 is needed"),
    ({"steps": "Canary10Percent"}, 'policy.steps is "Canary10Percent": presets are AllAtOnce, Canary<N>Percent'),
    ({"steps": STEP}, 'policy.steps is {"percent": 10, "hold": "5m"}: a list is needed'),
    ({"steps": [5]}, "policy.steps[0] is 5: an object is needed"),
    ({"steps": [STEP] * 101}, "at most 100 are taken"),
    ({"steps": [{"percent": 5}]}, "policy.steps[0].hold is missing"),
    ({"steps": [{"hold": 5}]}, "policy.steps[0].percent is missing"),
    (policy(speed=1), "policy.speed is not a known field (found 1)"),
    (step(weight=0.5), "policy.steps[0].weight is not a known field (found 0.5)"),
    (policy(guards={"alarm": "x"}), 'policy.guards.alarm is not a known field (found "x")'),
    (policy(guards=5), "policy.guards is 5: an object is needed"),
    *(
        (step(percent=percent), f"policy.steps[0].percent is {percent}: {SHARES}")
        for percent in (0, 100, -5, 99.5, 0.005)
    ),
    (step(percent=0.1), "policy.steps[0].percent is 0.1: shares are percents from 1 to 99; for 10 % write 10"),
    (step(percent=0.29), "policy.steps[0].percent is 0.29: shares are percents from 1 to 99; for 29 % write 29"),
    (step(percent="10"), 'policy.steps[0].percent is "10": a number is needed'),
    (step(percent=True), "policy.steps[0].percent is true: a number is needed"),
    (step(percent=None), "policy.steps[0].percent is null: a number is needed"),
    (step(hold=-1), "policy.steps[0].hold is -1: write a time from 0 to 30d"),
    (step(hold=10**40), f"policy.steps[0].hold is {10**40}: write a time from 0 to 30d"),
    (step(hold="soon"), f'policy.steps[0].hold is "soon": {DURATIONS}'),
    (step(hold=True), f"policy.steps[0].hold is true: {DURATIONS}"),
    (step(hold=1.5), f"policy.steps[0].hold is 1.5: {DURATIONS}"),
    (policy(bake=None), f"policy.bake is null: {DURATIONS}"),
    (policy(interval=0), "policy.interval is 0: at least 1 is needed"),
    (policy(interval=86401), "policy.interval is 86401: at most 86,400 is needed"),
    (policy(guards={"max_error_percent": 0}), "policy.guards.max_error_percent is 0: a number above 0 is needed"),
    (policy(guards={"max_error_percent": 101}), "policy.guards.max_error_percent is 101: at most 100 is needed"),
    (policy(false_rollback_percent=0), "policy.false_rollback_percent is 0: at least 0.001 is needed"),
    (policy(false_rollback_percent=51), "policy.false_rollback_percent is 51: at most 50 is needed"),
    (policy(min_invocations=0), "policy.min_invocations is 0: at least 1 is needed"),
    (policy(min_invocations=1.5), "policy.min_invocations is 1.5: a whole number is needed"),
    (policy(min_invocations=True), "policy.min_invocations is true: a whole number is needed"),
    (policy(min_invocations=10**40), "at most 1,000,000,000 is needed"),
    (
        policy(on_inconclusive="wait"),
        "policy.on_inconclusive is \"wait\": 'extend', 'promote', 'roll_back' or 'hand_over' is needed",
    ),
]

GOOD = [
    {"steps": [STEP]},
    {
        "steps": [{"percent": 1, "hold": 0}, {"percent": 33.3, "hold": 86400.0}, {"percent": 99, "hold": "6d"}],
        "bake": "7d",
        "interval": "1d",
    },
    policy(bake=0, interval="90s", max_extension="0s", min_invocations=10.0, on_inconclusive="promote"),
    policy(guards={"max_error_percent": None}, false_rollback_percent=0.001),
    policy(guards={}),
    {"steps": "Canary25Percent30Minutes", "bake": "30m"},
    {"steps": "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"},
    {"steps": "AllAtOnce"},
]


@pytest.mark.parametrize(("written", "message"), BAD + BEYOND_A_SCHEMA)
def test_a_bad_policy_is_refused_by_field_and_value(written, message):
    with pytest.raises(InvalidPolicyError) as refused:
        read_policy(written)
    assert str(refused.value).startswith("The policy is refused: ")
    assert message in str(refused.value)


@pytest.mark.parametrize("written", GOOD)
def test_a_good_policy_is_taken(written):
    counted = {"Canary25Percent30Minutes": 1, "CodeDeployDefault.LambdaLinear10PercentEvery1Minute": 9, "AllAtOnce": 0}
    steps = written["steps"]
    assert len(read_policy(written).steps) == (counted[steps] if isinstance(steps, str) else len(steps))


def test_whose_policy_is_refused_is_said():
    with pytest.raises(InvalidPolicyError, match=r"^The stack's DefaultPolicy is refused: policy\.steps is missing"):
        read_policy({}, "The stack's DefaultPolicy")


def test_the_schema_in_the_repository_is_the_models_own():
    assert json.loads(SCHEMA.read_text()) == policy_schema(), "make schema writes it anew"


def test_the_schema_is_a_sound_one():
    Draft202012Validator.check_schema(policy_schema())


@pytest.mark.parametrize("written", GOOD)
def test_the_schema_takes_what_the_model_takes(written):
    Draft202012Validator(policy_schema()).validate(written)


@pytest.mark.parametrize("written", [written for written, _ in BAD])
def test_the_schema_refuses_what_the_model_refuses(written):
    assert not Draft202012Validator(policy_schema()).is_valid(written)


seconds = st.integers(0, 86_400)
durations = st.one_of(
    seconds, st.builds("{}{}".format, st.integers(0, 500), st.sampled_from("sm")), st.integers(0, 24).map("{}h".format)
)
shares = st.floats(1, 99)
policies = st.fixed_dictionaries(
    {
        "steps": st.lists(shares, min_size=1, max_size=6, unique=True).flatmap(
            lambda rising: st.tuples(
                *(st.fixed_dictionaries({"percent": st.just(p), "hold": durations}) for p in sorted(rising))
            ).map(list)
        ),
        "interval": st.integers(5000, 86_400),
    },
    optional={
        "bake": durations,
        "guards": st.fixed_dictionaries({}, optional={"max_error_percent": st.none() | st.floats(0.001, 100)}),
        "false_rollback_percent": st.floats(0.001, 50),
        "min_invocations": st.integers(1, 1_000_000_000),
        "max_extension": durations,
        "on_inconclusive": st.sampled_from(["extend", "promote", "roll_back", "hand_over"]),
    },
)


@settings(max_examples=60)
@given(policies)
def test_a_policy_that_fits_passes_through_the_state_machine_unchanged(written):
    """P12: the document is JSON at every task, and what comes back means the same, a null ceiling included."""
    begun = samples.rollout(policy=read_policy(written))
    returned = Rollout.model_validate(json.loads(json.dumps(begun.document())))
    assert returned == begun
    assert returned.policy.planned_evaluations <= MAX_EVALUATIONS
    assert returned.policy.planned_seconds <= MAX_DURATION_SECONDS


def test_no_ceiling_stays_no_ceiling():
    """P12."""
    begun = samples.rollout(policy=samples.policy(guards={"max_error_percent": None}))
    assert Rollout.model_validate(begun.document()).policy.guards.max_error_percent is None


def test_looks_are_planned_for_every_hold_and_the_bake():
    """The first look of a step comes at the next period's edge, so a hold of 5 minutes may see six of them."""
    assert (
        Policy.model_validate({"steps": [STEP, {"percent": 20, "hold": 0}], "bake": "90s"}).planned_evaluations
        == 6 + 1 + 3
    )


def test_time_is_planned_up_to_the_look_that_ends_each_hold():
    """P12: a plan that fits is never too old by its last look; 90 minutes take two looks of an hour."""
    written = {"steps": [STEP | {"hold": "90m"}, {"percent": 20, "hold": 0}], "bake": "2h", "interval": "1h"}
    assert Policy.model_validate(written).planned_seconds == 4 * 3600
