"""How clumped stable's errors are is learnt from its own minutes, on the careful side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.dispersion import ENOUGH_MINUTES, FEWEST_MINUTES, SCALES, UNKNOWN_THETA, learn_dispersion
from rollout.models import Health

STEADY = Health(calls=6000, bad=12)
CLUMPED = [Health(calls=6000, bad=errors) for errors in (0, 1, 60, 2, 0, 0, 35, 1, 0, 21)]
healths = st.integers(0, 10**9).flatmap(
    lambda calls: st.builds(Health, calls=st.just(calls), bad=st.integers(0, calls))
)


def test_errors_that_come_evenly_are_hardly_clumped():
    assert learn_dispersion([STEADY] * 60).theta < 0.0002


def test_errors_that_come_in_bursts_are_clumped():
    assert 0.002 < learn_dispersion(CLUMPED * 6).theta < 0.02


def test_less_history_is_taken_with_more_care():
    learnt = [learn_dispersion(CLUMPED * lasted).theta for lasted in (2, 3, 6)]
    assert learnt == sorted(learnt, reverse=True)


@pytest.mark.parametrize("lasted", [0, 1, FEWEST_MINUTES - 1])
def test_too_little_history_is_said_to_be_so(lasted):
    """P5: nothing is concluded from it, and bursts are assumed."""
    learnt = learn_dispersion([STEADY] * lasted)
    assert (learnt.theta, learnt.minutes, learnt.is_assumed) == (UNKNOWN_THETA, lasted, True)


def test_stables_minutes_beside_the_canary_fill_up_a_short_history():
    learnt = learn_dispersion([STEADY] * 10, [STEADY] * 200)
    assert (learnt.minutes, learnt.is_assumed) == (ENOUGH_MINUTES, False)


def test_a_long_history_is_not_added_to():
    """What the canary's own neighbour does under way cannot teach it more lenience."""
    assert learn_dispersion([STEADY] * 60, CLUMPED) == learn_dispersion([STEADY] * 60)


def test_minutes_without_calls_teach_nothing():
    assert learn_dispersion([STEADY, Health()] * 60) == learn_dispersion([STEADY] * 60)


@given(st.lists(healths, max_size=30), st.lists(healths, max_size=10))
def test_whatever_is_learnt_lies_within_its_bounds(history, during):
    learnt = learn_dispersion(history, during)
    assert SCALES[0] * 0.99 <= learnt.theta <= SCALES[-1] * 1.8
    assert 0 < learnt.error_rate <= 1
