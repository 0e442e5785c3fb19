"""The schedule states the time of each step and the canary's expected calls in it."""

import pytest

from rollout.dry_run.schedule import planned_steps
from rollout.dry_run.traffic import Traffic
from tests.samples import ON_AWS, policy

BUSY = Traffic(calls=6000, seconds=60)


def schedule(traffic=BUSY, **changes):
    return [*planned_steps(policy(**changes), traffic, ON_AWS)]


def test_bake_follows_the_steps():
    assert [(step.percent, step.start, step.until, step.expected_calls) for step in schedule()] == [
        (10, "0s", "5m", 3000),
        (50, "5m", "10m", 15000),
        (100, "10m", "15m", 30000),
    ]


def test_step_lasts_until_the_evaluation_that_ends_it():
    steps = [{"percent": 10, "hold": "90s"}, {"percent": 20, "hold": "60s"}]
    planned = schedule(steps=steps, bake=0)
    assert [(step.hold, step.start, step.until) for step in planned] == [("90s", "0s", "2m"), ("1m", "2m", "3m")]
    assert planned[0].expected_calls == 1200


@pytest.mark.parametrize(("changes", "count"), [({"steps": "AllAtOnce"}, 1), ({"steps": "AllAtOnce", "bake": 0}, 0)])
def test_schedule_leaves_out_what_the_policy_has_not(changes, count):
    assert len(schedule(**changes)) == count


def test_next_step_waits_for_an_approval_at_most_as_long_as_its_timeout():
    first, second = {"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}
    approval = {"approval": {"timeout": "1h", "on_timeout": "hand_over"}}
    planned = schedule(steps=[first, approval, second, {"pause": {}}])
    assert [(step.start, step.until, step.then) for step in planned] == [
        ("0s", "5m", "waits up to 1h for the command approve, and without it hand_over"),
        ("65m", "70m", "paused until the command resume"),
        ("70m", "75m", None),
    ]


def test_unknown_traffic_gives_unknown_calls():
    """P5."""
    assert {step.expected_calls for step in schedule(None)} == {"unknown"}
    assert {step.warning for step in schedule(None)} == {None}


def test_warning_names_the_step_or_the_bake():
    warnings = [step.warning or "" for step in schedule(Traffic(calls=1, seconds=60))]
    assert [warning.split(" has too little traffic")[0] for warning in warnings] == [
        "Step 1 (10 % for 5m)",
        "Step 2 (50 % for 5m)",
        "The bake (5m)",
    ]


def test_json_of_a_step_leaves_out_a_missing_warning():
    (document, *_) = [step.model_dump(mode="json", by_alias=True) for step in schedule()]
    assert document == {"percent": 10, "hold": "5m", "from": "0s", "until": "5m", "expected_calls": 3000}
