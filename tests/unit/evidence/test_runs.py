"""Within a run of minutes only the strongest counts, so that a burst of two minutes is one proof."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.counts import Counts
from rollout.evidence.runs import FEWEST_WITH_ERRORS, SHORTEST, log_sum_of_runs, run_minutes
from tests.samples import AT

gains = st.lists(st.floats(-10, 10), max_size=40)


def total(*each: float, run_seconds: float = 180, minutes: int = 1) -> float:
    """Return the sum of the log evidence of minutes that lie so many minutes apart."""
    starts = [AT + number * timedelta(minutes=minutes) for number in range(len(each))]
    return log_sum_of_runs(each, starts, run_seconds)


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        ((1, 3, 2), 3),
        ((1, 3, 2, 4), 7),
        ((0, 0, 2, 1, -1, 5), 6),
        ((-1, -1), -2),
        ((2, -1, 2, 2), 3),
    ],
)
def test_strongest_minute_of_a_run_counts_and_every_minute_that_lowers_the_evidence(each, expected):
    assert total(*each) == pytest.approx(expected)


def test_every_minute_counts_if_bursts_do_not_last():
    assert total(1, 3, 2, run_seconds=0) == 6


def test_minutes_far_apart_are_no_run():
    assert total(2, 2, 2, minutes=3) == 6
    assert total(2, 2, 2, minutes=48) == 6


@given(gains)
def test_runs_never_raise_the_evidence(each):
    """So a supermartingale stays one."""
    assert total(*each) <= total(*each, run_seconds=0) + 1e-9


def counts(*errors: int) -> list[Counts]:
    return [Counts(calls=6000, bad=each) for each in errors]


def bursts(minutes: int) -> list[Counts]:
    """Return an hour with a burst of so many minutes, which begins in the middle of one, every twenty minutes."""
    burst = [30, *[60] * (minutes - 1), 30]
    return counts(*[*burst, *[0] * (20 - len(burst))] * 3)


@pytest.mark.parametrize("minutes", range(2, 9))
def test_run_is_as_long_as_the_minutes_that_a_burst_touches(minutes):
    """And at most a few minutes longer."""
    assert minutes + 1 <= run_minutes(bursts(minutes)) <= minutes + 4


def test_bursts_within_a_minute_make_no_run():
    assert run_minutes(counts(*[0, 0, 60, 0, 0, 1, 0, 40, 0, 0, 0] * 6)) == 0


def test_few_minutes_with_errors_do_not_exclude_bursts_of_two_minutes():
    assert run_minutes(counts(*[1] * (FEWEST_WITH_ERRORS - 1), *[0] * 55)) == SHORTEST
    assert run_minutes([]) == SHORTEST


def test_short_history_shows_no_longer_run():
    assert run_minutes(bursts(5)[:16]) == SHORTEST


def test_slow_wave_is_no_lasting_burst():
    """Neighbours are alike then, and minutes far apart nearly as much."""
    wave = [12 + minute // 10 + (minute * 7) % 11 for minute in range(60)]
    assert run_minutes(counts(*wave)) == 0
