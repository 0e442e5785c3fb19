"""Tests of what the live view computes from the document of a rollout."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Phase
from sandbox.demo.watch import seconds_left
from tests.samples import AT, policy, rollout

FIRST, SECOND = {"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}


@pytest.mark.parametrize("steps", [[FIRST, SECOND], [FIRST, {"approval": {}}, SECOND, {"pause": {}}]])
@pytest.mark.parametrize(("step", "seconds"), [(1, 800), (2, 500)])
def test_time_left_has_the_holds_and_the_bake_and_no_person(steps, step, seconds):
    document = rollout(policy=policy(steps=steps), step=step).document()
    assert seconds_left(document, AT + timedelta(seconds=100)) == seconds


def test_time_left_in_the_bake_is_the_rest_of_it():
    document = rollout(step=2, phase=Phase.BAKE).document()
    assert seconds_left(document, AT + timedelta(seconds=100)) == 200
    assert seconds_left(document | {"ending": {}}, AT) is None
