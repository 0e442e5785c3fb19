"""A look rests on whole, complete periods, and the next one comes at a period's edge."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.window import EDGE, Timing, Window, closed_window, seconds_to_next_look
from tests.samples import AT, ON_AWS


def at(minute: int, second: float = 0) -> datetime:
    return AT + timedelta(minutes=minute, seconds=second)


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        (at(0), at(5), (at(0), at(3))),
        (at(0, 1.5), at(5), (at(0), at(3))),
        (at(0, 3), at(5), (at(1), at(3))),
        (at(0, 59), at(5, 59), (at(1), at(3))),
        (at(0), at(3), (at(0), at(1))),
        (at(0), at(2, 59), None),
        (at(0, 30), at(3), None),
        (at(5), at(5), None),
        (at(9), at(5), None),
    ],
)
def test_a_window_holds_whole_complete_periods_only(since, now, expected):
    """P5: what CloudWatch may not have yet is not read, so that it cannot be taken for health."""
    assert closed_window(since, now, ON_AWS) == (expected and Window(start=expected[0], end=expected[1]))


@pytest.mark.parametrize(
    ("now", "look_every_seconds", "seconds"),
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
def test_the_next_look_comes_at_an_edge(now, look_every_seconds, seconds):
    assert seconds_to_next_look(now, look_every_seconds, ON_AWS) == seconds


moments = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given UTC
timings = st.builds(Timing, period_seconds=st.integers(1, 300), lag_seconds=st.integers(0, 300))


@given(moments, st.integers(1, 86400), timings)
def test_looks_are_never_closer_than_the_policy_plans(now, look_every_seconds, timing):
    """Or a policy whose looks fit would run out of them (P12)."""
    wait = seconds_to_next_look(now, look_every_seconds, timing)
    last_edge, next_edge = timing.floor(now), timing.floor(now + timedelta(seconds=wait))
    assert wait >= 1
    assert (next_edge - last_edge).total_seconds() >= look_every_seconds


@given(moments, st.integers(-1000, 100_000), timings)
def test_no_period_of_a_window_is_open_or_before_its_time(since, passed_seconds, timing):
    now = since + timedelta(seconds=passed_seconds)
    window = closed_window(since, now, timing)
    if window is None:
        return
    assert since - EDGE <= window.start < window.end <= now - timedelta(seconds=timing.lag_seconds)
    assert timing.floor(window.start) == window.start
    assert timing.floor(window.end) == window.end
