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

CLEAN = Counts(calls=6000, bad=0)
STEADY = Counts(calls=6000, bad=12)
BURSTY = [Counts(calls=6000, bad=errors) for errors in (0, 1, 60, 2, 0, 0, 35, 1, 0, 21)]
any_counts = st.integers(0, 10**9).flatmap(
    lambda calls: st.builds(Counts, calls=st.just(calls), bad=st.integers(0, calls))
)


def test_even_errors_give_a_small_theta():
    assert learn_dispersion([STEADY] * 60).theta < 0.0002


def test_bursty_errors_give_a_large_theta():
    assert 0.002 < learn_dispersion(BURSTY * 6).theta < 0.02


def test_shorter_history_gives_a_larger_theta():
    thetas = [learn_dispersion(BURSTY * times).theta for times in (2, 3, 6)]
    assert thetas == sorted(thetas, reverse=True)


@pytest.mark.parametrize("minute_count", [0, 1, FEWEST_MINUTES - 1])
def test_too_short_history_gives_the_assumed_theta(minute_count):
    """P5: nothing is learned from it, and bursts are assumed."""
    dispersion = learn_dispersion([STEADY] * minute_count)
    assert (dispersion.theta, dispersion.minutes, dispersion.is_assumed) == (UNKNOWN_THETA, 0, True)


@pytest.mark.parametrize(
    ("minute_count", "is_assumed"), [(FEWEST_MINUTES, True), (ENOUGH_MINUTES - 1, True), (ENOUGH_MINUTES, False)]
)
def test_less_than_an_hour_without_errors_gives_the_assumed_theta(minute_count, is_assumed):
    """A few minutes without errors show no bursts, and no largest one either."""
    assert learn_dispersion([CLEAN] * minute_count).is_assumed == is_assumed
    assert not learn_dispersion([CLEAN] * (minute_count - 1) + [STEADY]).is_assumed


def test_short_history_is_completed_with_minutes_of_the_rollout():
    dispersion = learn_dispersion([STEADY] * 10, [STEADY] * 200)
    assert (dispersion.minutes, dispersion.is_assumed) == (ENOUGH_MINUTES, False)


def test_short_rollout_adds_nothing_to_a_long_history():
    """Bursts of stable during a short rollout do not make the judge more lenient."""
    during = BURSTY * (SHORT_ROLLOUT // len(BURSTY))
    assert learn_dispersion([STEADY] * 60, during, during) == learn_dispersion([STEADY] * 60)


def series_of(*served: tuple[int, int, int, int]) -> Series:
    """Return a series with these minutes since the first shift, after an hour of stable without bursts."""
    return Series(minutes=minutes(*served), history=(STEADY,) * 60)


def test_long_rollout_learns_bursts_of_stable():
    """By chance, an hour of history can have no burst; it must not mislead a rollout of many hours."""
    bursts = [(600, 0, 6000, counts.bad) for counts in BURSTY]
    short, longer, longest = (series_of(*bursts * times).dispersion for times in (3, 6, 12))
    assert [short.minutes, longer.minutes, longest.minutes] == [60, 120, MOST_MINUTES]
    assert short.theta < 0.0002
    assert 0.002 < longer.theta < longest.theta


def test_learning_ends_after_most_minutes():
    """A change late in a long rollout cannot make the judge more lenient."""
    learned = series_of(*[(600, 0, 6000, 12)] * 120).dispersion
    assert series_of(*[(600, 0, 6000, 12)] * 120, *[(600, 0, 6000, 600)] * 600).dispersion == learned


@pytest.mark.parametrize("failed_percent", [1, 10, 50, 100])
def test_outage_of_both_versions_is_not_learned_as_a_burst(failed_percent):
    """A theta learned from an outage would hide faults for the rest of the rollout."""
    outage = (600, 6 * failed_percent, 6000, 60 * failed_percent)
    assert series_of(*[(600, 0, 6000, 12)] * 30, *[outage] * 3, *[(600, 0, 6000, 12)] * 87).dispersion.theta < 0.0002


def test_minutes_with_canary_errors_are_not_learned_from():
    dispersion = series_of(*[(600, 6, 6000, 12)] * 120).dispersion
    assert (dispersion.minutes, dispersion.theta < 0.0002) == (60, True)


@pytest.mark.parametrize("history", [[STEADY] * 60, BURSTY * 6])
def test_long_rollout_uses_a_larger_theta(history):
    short, long = (learn_dispersion(history, [STEADY] * count) for count in (SHORT_ROLLOUT, SHORT_ROLLOUT + 1))
    assert short.theta < long.theta < 2 * short.theta


def test_minutes_without_calls_are_ignored():
    assert learn_dispersion([STEADY, Counts()] * 60) == learn_dispersion([STEADY] * 60)


@given(st.lists(any_counts, max_size=30), st.lists(any_counts, max_size=SHORT_ROLLOUT + 5))
def test_learned_dispersion_is_within_its_bounds(history, during):
    dispersion = learn_dispersion(history, during, during[::2])
    assert SCALES[0] * 0.99 <= dispersion.theta <= SCALES[-1] * 1.8
    assert 0 < dispersion.error_rate <= 1
