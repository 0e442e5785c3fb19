"""An evaluation reads whole periods, and the next evaluation runs at the edge of a period."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.judging.window import EDGE, MINUTES_KEPT, Timing, evaluation_window, seconds_to_next_evaluation
from tests.samples import AT, ON_AWS


def at(minute: int, second: float = 0) -> datetime:
    return AT + timedelta(minutes=minute, seconds=second)


@pytest.mark.parametrize(
    ("since", "now", "start", "closed_until", "end"),
    [
        (at(0), at(5), at(0), at(3), at(5)),
        (at(0, 1.5), at(5), at(0), at(3), at(5)),
        (at(0, 3), at(5), at(1), at(3), at(5)),
        (at(0, 59), at(5, 59), at(1), at(3), at(6)),
        (at(0), at(2, 59), at(0), at(0), at(3)),
        (at(0, 30), at(3), at(1), at(1), at(3)),
    ],
)
def test_window_separates_closed_periods_from_open_ones(since, now, start, closed_until, end):
    """P5: a period that CloudWatch may not have completed never counts as healthy."""
    window = evaluation_window(since, since, now, ON_AWS)
    assert (window.start, window.closed_until, window.end) == (start, closed_until, end)


def test_periods_close_when_calls_have_usually_ended_and_settle_when_they_must_have():
    """P5: a call is counted when it ends, in the period in which it began."""
    window = evaluation_window(at(0), at(0), at(30), ON_AWS, usual_seconds=240, timeout_seconds=900)
    assert (window.closed_until, window.settled_until) == (at(24), at(13))


@pytest.mark.parametrize(
    ("promoted", "shared_end", "start"),
    [(at(5, 1), at(5), at(5)), (at(5, 40), at(5), at(6)), (at(4, 59), at(4), at(5))],
)
def test_minute_of_the_promotion_is_left_out(promoted, shared_end, start):
    """Stable serves only its first seconds, so an outage in the rest would be the canary's alone."""
    window = evaluation_window(at(0), promoted, at(9), ON_AWS)
    assert (window.shared_start, window.shared_end, window.start) == (at(0), shared_end, start)


def test_history_is_the_three_hours_before_the_minute_of_the_first_shift():
    window = evaluation_window(at(0, 30), at(0, 30), at(9), ON_AWS)
    assert (window.history_start, window.history_end) == (at(-180), at(0))


@pytest.mark.parametrize("days", [13, 14, 15, 21])
def test_no_query_begins_before_the_minutes_that_cloudwatch_keeps(days):
    """P5: a query that begins earlier gets no minute at all, and the rollout would be held to its end."""
    now = at(0, 30) + timedelta(days=days)
    window = evaluation_window(at(0), at(0), now, ON_AWS)
    assert now - window.history_start <= MINUTES_KEPT < timedelta(days=15)
    assert (window.start, window.end) == (at(0), at(1) + timedelta(days=days))
    if days < 14:
        assert window.history_start == at(-180)


@pytest.mark.parametrize(
    ("now", "interval_seconds", "seconds"),
    [
        (at(0), 60, 60),
        (at(0, 1.2), 60, 59),
        (at(0, 50), 60, 10),
        (at(0, 59.9), 60, 1),
        (at(0), 90, 120),
        (at(0, 5), 90, 115),
        (at(0), 1, 60),
        (at(0, 30), 1, 30),
        (at(0), 300, 300),
    ],
)
def test_next_evaluation_is_at_the_edge_of_a_period(now, interval_seconds, seconds):
    assert seconds_to_next_evaluation(now, interval_seconds, ON_AWS) == seconds


moments = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given UTC
timings = st.builds(Timing, period_seconds=st.integers(1, 300), lag_seconds=st.integers(0, 300))


@given(moments, st.integers(1, 86400), timings, st.floats(0, 5 / 6))
def test_evaluations_are_at_least_an_interval_apart(now, interval_seconds, timing, spread):
    """P12: closer evaluations could exceed the limit that the policy was checked against, spread or not."""
    wait = seconds_to_next_evaluation(now, interval_seconds, timing, spread * timing.period_seconds)
    last_edge, next_edge = timing.floor(now), timing.floor(now + timedelta(seconds=wait))
    assert wait >= 1
    assert (next_edge - last_edge).total_seconds() >= interval_seconds


@given(moments, st.integers(-1000, 100_000), timings)
def test_no_period_is_closed_before_the_lag_has_passed(since, passed_seconds, timing):
    """P5."""
    now = since + timedelta(seconds=passed_seconds)
    window = evaluation_window(since, since, now, timing)
    assert since - EDGE <= window.start
    assert window.history_end <= since
    assert window.closed_until <= now - timedelta(seconds=timing.lag_seconds)
    edges = (window.history_start, window.history_end, window.start, window.closed_until, window.end)
    assert all(timing.floor(edge) == edge for edge in edges)
