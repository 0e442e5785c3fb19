"""Within a run of minutes only the strongest counts, so that a burst of two minutes is one proof."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.counts import Counts
from rollout.evidence.runs import FEWEST_WITH_ERRORS, log_sum_of_runs, may_last
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


def test_bursts_over_two_minutes_may_last():
    assert may_last(counts(*[0, 0, 40, 60, 20, 0, 0, 0, 0, 0] * 6))


def test_bursts_within_a_minute_do_not_last():
    assert not may_last(counts(*[0, 0, 60, 0, 0, 1, 0, 40, 0, 0, 0] * 6))


def test_few_minutes_with_errors_do_not_exclude_lasting_bursts():
    assert may_last(counts(*[1] * (FEWEST_WITH_ERRORS - 1), *[0] * 55))
    assert may_last([])


def test_slow_wave_is_no_lasting_burst():
    """Neighbours are alike then, and minutes far apart nearly as much."""
    wave = [12 + minute // 10 + (minute * 7) % 11 for minute in range(60)]
    assert not may_last(counts(*wave))
