"""A plan says when each step is, and how many calls the canary gets in it."""

import pytest

from rollout.dry_run.schedule import planned_steps
from rollout.dry_run.traffic import Traffic
from tests.samples import ON_AWS, policy

BUSY = Traffic(calls=6000, seconds=60)


def planned(seen=BUSY, **changes):
    return [*planned_steps(policy(**changes), seen, ON_AWS)]


def test_steps_and_bake_follow_each_other():
    assert [(one.percent, one.start, one.until, one.expected_calls) for one in planned()] == [
        (10, "0s", "5m", 3000),
        (50, "5m", "10m", 15000),
        (100, "10m", "15m", 30000),
    ]


def test_a_step_lasts_until_the_look_that_ends_it():
    steps = [{"percent": 10, "hold": "90s"}, {"percent": 20, "hold": "60s"}]
    found = planned(steps=steps, bake=0)
    assert [(one.hold, one.start, one.until) for one in found] == [("90s", "0s", "2m"), ("1m", "2m", "3m")]
    assert found[0].expected_calls == 1200


@pytest.mark.parametrize(("changes", "count"), [({"steps": "AllAtOnce"}, 1), ({"steps": "AllAtOnce", "bake": 0}, 0)])
def test_what_is_not_planned_is_not_told(changes, count):
    assert len(planned(**changes)) == count


def test_unknown_traffic_is_never_none():
    """P5."""
    assert {one.expected_calls for one in planned(None)} == {"unknown"}
    assert {one.warning for one in planned(None)} == {None}


def test_a_warning_names_the_step_or_the_bake():
    warnings = [one.warning or "" for one in planned(Traffic(calls=1, seconds=60))]
    assert [warning.split(" is too thin")[0] for warning in warnings] == [
        "Step 1 (10 % for 5m)",
        "Step 2 (50 % for 5m)",
        "The bake (5m)",
    ]


def test_a_stretch_is_told_by_plain_keys_and_without_what_there_is_not():
    (told, *_) = [one.model_dump(mode="json", by_alias=True) for one in planned()]
    assert told == {"percent": 10, "hold": "5m", "from": "0s", "until": "5m", "expected_calls": 3000}
