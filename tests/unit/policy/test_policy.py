"""A policy is accepted or refused field by field, and does not change on its way through the state machine."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from rollout.domain.errors import InvalidPolicyError
from rollout.policy.planned import MAX_DURATION_SECONDS, MAX_EVALUATIONS
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy
from rollout.schema import policy_schema
from rollout.state.rollout import Rollout
from tests import samples

SCHEMA = Path(__file__).parents[3] / "docs" / "policy.schema.json"
STEP = {"percent": 10, "hold": "5m"}
SHARES = "write a share from 1 to 99; the promotion after the last step gives 100"
DURATIONS = 'write whole seconds, or a number with a unit such as "90s", "5m" or "2h"'


def step(**changes: object) -> dict[str, object]:
    return {"steps": [STEP | changes]}


def policy(**changes: object) -> dict[str, object]:
    return {"steps": [STEP]} | changes


NOT_IN_SCHEMA = [
    (policy(within="2h"), "policy.within is 2h, but it applies only to steps: Auto"),
    (
        {"within": "14d", "interval": "1h"},
        "policy.steps and bake take about 15d with the evaluation at the end of each",
    ),
    ({"steps": [STEP, STEP]}, "policy.steps[1].percent is 10 after 10: give each step a larger share"),
    (
        {"steps": [STEP, {"percent": 2.5, "hold": 1}]},
        "policy.steps[1].percent is 2.5 after 10: give each step a larger share than the step before",
    ),
    (
        policy(interval=1, bake="2h"),
        "policy.interval is 1s: the holds and the bake need 7,502 evaluations",
    ),
    (
        step(hold="7d") | {"bake": "169h", "interval": "1h"},
        "policy.steps and bake take about 15d with the evaluation at the end of each, and the limit is 14d, because",
    ),
    (
        {"steps": [{"percent": n, "hold": "25h"} for n in range(1, 9)], "interval": "1d"},
        "policy.steps and bake take about 17d with the evaluation at the end of each, and the limit is 14d",
    ),
    (policy(interval="2d"), 'policy.interval is "2d": write at most 86,400'),
    (step(hold="31d"), 'policy.steps[0].hold is "31d": write a duration from 0 to 30d'),
    (policy(interval="0s"), 'policy.interval is "0s": write at least 1'),
    (step(percent=float("nan")), f"policy.steps[0].percent is NaN: {SHARES}"),
    (policy(guards={"max_error_percent": float("nan")}), "policy.guards.max_error_percent is NaN: write a number"),
    (policy(false_rollback_percent=float("nan")), "policy.false_rollback_percent is NaN: write a number"),
]

BAD = [
    ("text", 'policy is "text": write an object'),
    (None, "policy is null: write an object"),
    ([STEP], 'policy is [{"percent": 10, "hold": "5m"}]: write an object'),
    ({"steps": None}, "policy.steps is null: write a list"),
    ({"steps": "auto"}, 'policy.steps is "auto": name a preset: Auto, AllAtOnce'),
    ({"within": 0}, "policy.within is 0: write at least 1"),
    ({"steps": []}, "policy.steps is []: write at least 1 item"),
    (
        {"steps": "Canary10Percent"},
        'policy.steps is "Canary10Percent": name a preset: Auto, AllAtOnce, Canary<N>Percent',
    ),
    ({"steps": STEP}, 'policy.steps is {"percent": 10, "hold": "5m"}: write a list'),
    ({"steps": [5]}, "policy.steps[0] is 5: write an object"),
    ({"steps": [STEP] * 101}, "write at most 100 items"),
    ({"steps": [{"percent": 5}]}, "policy.steps[0].hold is missing"),
    ({"steps": [{"hold": 5}]}, "policy.steps[0].percent is missing"),
    (policy(speed=1), "policy.speed is not a known field (found 1)"),
    (step(weight=0.5), "policy.steps[0].weight is not a known field (found 0.5)"),
    (policy(guards={"alarm": "x"}), 'policy.guards.alarm is not a known field (found "x")'),
    (policy(guards=5), "policy.guards is 5: write an object"),
    *(
        (step(percent=percent), f"policy.steps[0].percent is {percent}: {SHARES}")
        for percent in (0, 100, -5, 99.5, 0.005)
    ),
    (step(percent=0.1), "policy.steps[0].percent is 0.1: a share is a percent from 1 to 99; write 10 for 10 %"),
    (step(percent=0.29), "policy.steps[0].percent is 0.29: a share is a percent from 1 to 99; write 29 for 29 %"),
    (step(percent="10"), 'policy.steps[0].percent is "10": write a number'),
    (step(percent=True), "policy.steps[0].percent is true: write a number"),
    (step(percent=None), "policy.steps[0].percent is null: write a number"),
    (step(hold=-1), "policy.steps[0].hold is -1: write a duration from 0 to 30d"),
    (step(hold=10**40), f"policy.steps[0].hold is {10**40}: write a duration from 0 to 30d"),
    (step(hold="soon"), f'policy.steps[0].hold is "soon": {DURATIONS}'),
    (step(hold=True), f"policy.steps[0].hold is true: {DURATIONS}"),
    (step(hold=1.5), f"policy.steps[0].hold is 1.5: {DURATIONS}"),
    (policy(bake=None), f"policy.bake is null: {DURATIONS}"),
    (policy(interval=0), "policy.interval is 0: write at least 1"),
    (policy(interval=86401), "policy.interval is 86401: write at most 86,400"),
    (policy(guards={"max_error_percent": 0}), "policy.guards.max_error_percent is 0: write a number above 0"),
    (policy(guards={"max_error_percent": 101}), "policy.guards.max_error_percent is 101: write at most 100"),
    (policy(false_rollback_percent=0), "policy.false_rollback_percent is 0: write at least 0.001"),
    (policy(false_rollback_percent=51), "policy.false_rollback_percent is 51: write at most 50"),
    (policy(min_invocations=0), "policy.min_invocations is 0: write at least 1"),
    (policy(min_invocations=1.5), "policy.min_invocations is 1.5: write a whole number"),
    (policy(min_invocations=True), "policy.min_invocations is true: write a whole number"),
    (policy(min_invocations=10**40), "write at most 1,000,000,000"),
    (
        policy(on_inconclusive="wait"),
        "policy.on_inconclusive is \"wait\": write 'extend', 'promote', 'roll_back' or 'hand_over'",
    ),
]

GOOD = [
    {},
    {"steps": "Auto"},
    {"steps": "Auto", "within": "3d", "interval": "5m"},
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


@pytest.mark.parametrize(("value", "message"), BAD + NOT_IN_SCHEMA)
def test_invalid_policy_is_refused_by_field_and_value(value, message):
    with pytest.raises(InvalidPolicyError) as refused:
        read_policy(value)
    assert str(refused.value).startswith("The policy is refused: ")
    assert message in str(refused.value)


@pytest.mark.parametrize("value", GOOD)
def test_valid_policy_is_accepted(value):
    expected = {
        "Canary25Percent30Minutes": 1,
        "CodeDeployDefault.LambdaLinear10PercentEvery1Minute": 9,
        "AllAtOnce": 0,
        "Auto": 0,
    }
    steps = value.get("steps", "Auto")
    assert len(read_policy(value).steps) == (expected[steps] if isinstance(steps, str) else len(steps))


@pytest.mark.parametrize("value", [{}, {"steps": "Auto"}])
def test_steps_are_auto_by_default(value):
    written = read_policy(value)
    assert (written.is_auto, written.is_all_at_once, written.within) == (True, False, 3600)
    assert Policy.model_validate_json(written.model_dump_json()) == written != read_policy({"steps": "AllAtOnce"})


def test_refusal_names_the_source_of_the_policy():
    with pytest.raises(InvalidPolicyError, match=r"^The stack's DefaultPolicy is refused: policy\.speed is not"):
        read_policy({"speed": 1}, "The stack's DefaultPolicy")


def test_schema_in_the_repository_is_up_to_date():
    assert json.loads(SCHEMA.read_text()) == policy_schema(), "run make schema"


def test_schema_is_valid():
    Draft202012Validator.check_schema(policy_schema())


@pytest.mark.parametrize("value", GOOD)
def test_schema_accepts_each_valid_policy(value):
    Draft202012Validator(policy_schema()).validate(value)


@pytest.mark.parametrize("value", [value for value, _ in BAD])
def test_schema_refuses_each_invalid_policy(value):
    assert not Draft202012Validator(policy_schema()).is_valid(value)


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
def test_valid_policy_passes_through_the_state_machine_unchanged(value):
    """P12: every task reads and writes the document as JSON; the policy stays equal, a null ceiling included."""
    rollout = samples.rollout(policy=read_policy(value))
    returned = Rollout.model_validate(json.loads(json.dumps(rollout.document())))
    assert returned == rollout
    assert returned.policy.planned_evaluations <= MAX_EVALUATIONS
    assert returned.policy.planned_seconds <= MAX_DURATION_SECONDS


def test_null_ceiling_stays_null():
    """P12."""
    rollout = samples.rollout(policy=samples.policy(guards={"max_error_percent": None}))
    assert Rollout.model_validate(rollout.document()).policy.guards.max_error_percent is None


def test_planned_evaluations_include_every_hold_and_the_bake():
    """The first evaluation of a step is at the end of the current period, so a hold of 5 minutes may have six."""
    assert (
        Policy.model_validate({"steps": [STEP, {"percent": 20, "hold": 0}], "bake": "90s"}).planned_evaluations
        == 6 + 1 + 3
    )


def test_planned_seconds_include_the_evaluation_that_ends_each_hold():
    """P12: a valid plan is never too old at its last evaluation. 90 minutes need two intervals of an hour."""
    value = {"steps": [STEP | {"hold": "90m"}, {"percent": 20, "hold": 0}], "bake": "2h", "interval": "1h"}
    assert Policy.model_validate(value).planned_seconds == 4 * 3600
