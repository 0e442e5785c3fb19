"""How clumped stable's errors are is learnt from its own minutes, on the careful side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.counts import Counts
from rollout.evidence.dispersion import (
    ENOUGH_MINUTES,
    FEWEST_MINUTES,
    MOST_MINUTES,
    SCALES,
    SHORT_ROLLOUT,
    UNKNOWN_THETA,
    learn_dispersion,
)
from rollout.evidence.series import Series
from tests.samples import minutes

STEADY = Counts(calls=6000, bad=12)
CLUMPED = [Counts(calls=6000, bad=errors) for errors in (0, 1, 60, 2, 0, 0, 35, 1, 0, 21)]
healths = st.integers(0, 10**9).flatmap(
    lambda calls: st.builds(Counts, calls=st.just(calls), bad=st.integers(0, calls))
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


def test_a_short_rollout_does_not_add_to_a_long_history():
    """What the canary's own neighbour does under way cannot teach it more lenience."""
    under_way = CLUMPED * (SHORT_ROLLOUT // len(CLUMPED))
    assert learn_dispersion([STEADY] * 60, under_way, under_way) == learn_dispersion([STEADY] * 60)


def under_way(*observe: tuple[int, int, int, int]) -> Series:
    """Return a rollout of such minutes, after an hour of stable without bursts."""
    return Series(minutes=minutes(*observe), history=(STEADY,) * 60)


def test_a_long_rollout_finds_out_that_stable_comes_in_bursts():
    """An hour in which no burst happened to come must not mislead a rollout of many hours."""
    bursts = [(600, 0, 6000, health.bad) for health in CLUMPED]
    learnt = [under_way(*bursts * times).dispersion for times in (3, 6, 12)]
    assert [each.minutes for each in learnt] == [60, 120, MOST_MINUTES]
    assert learnt[0].theta < 0.0002
    assert 0.002 < learnt[1].theta < learnt[2].theta


def test_learning_ends_once_theta_rests_on_enough():
    """So however long a rollout lasts, a change late in it cannot teach it lenience."""
    known = under_way(*[(600, 0, 6000, 12)] * 120).dispersion
    assert under_way(*[(600, 0, 6000, 12)] * 120, *[(600, 0, 6000, 600)] * 600).dispersion == known


@pytest.mark.parametrize("failed_percent", [1, 10, 50, 100])
def test_an_outage_of_both_versions_is_not_taken_for_a_burst_of_stables(failed_percent):
    """It would make the judge deaf for the rest of the rollout."""
    outage = (600, 6 * failed_percent, 6000, 60 * failed_percent)
    assert under_way(*[(600, 0, 6000, 12)] * 30, *[outage] * 3, *[(600, 0, 6000, 12)] * 87).dispersion.theta < 0.0002


def test_minutes_of_a_canary_that_fails_are_not_learnt_from():
    learnt = under_way(*[(600, 6, 6000, 12)] * 120).dispersion
    assert (learnt.minutes, learnt.theta < 0.0002) == (60, True)


@pytest.mark.parametrize("history", [[STEADY] * 60, CLUMPED * 6])
def test_a_long_rollout_is_judged_with_more_care(history):
    short, long = (learn_dispersion(history, [STEADY] * lasted) for lasted in (SHORT_ROLLOUT, SHORT_ROLLOUT + 1))
    assert short.theta < long.theta < 2 * short.theta


def test_minutes_without_calls_teach_nothing():
    assert learn_dispersion([STEADY, Counts()] * 60) == learn_dispersion([STEADY] * 60)


@given(st.lists(healths, max_size=30), st.lists(healths, max_size=SHORT_ROLLOUT + 5))
def test_whatever_is_learnt_lies_within_its_bounds(history, during):
    learnt = learn_dispersion(history, during, during[::2])
    assert SCALES[0] * 0.99 <= learnt.theta <= SCALES[-1] * 1.8
    assert 0 < learnt.error_rate <= 1
