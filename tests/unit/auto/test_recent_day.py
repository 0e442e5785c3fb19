"""How many calls a plan may expect: what the last hour and yesterday's coming hour both promise, and no more."""

import pytest

from rollout.auto.recent_day import DAY_PERIODS, RecentDay
from rollout.domain.counts import Counts
from tests.days import MINUTE, day, steady
from tests.samples import AT, ON_AWS

HOUR = 3600


@pytest.mark.parametrize("per_minute", [0, 1, 600, 1_000_000])
def test_steady_calls_are_expected_to_go_on(per_minute):
    assert steady(per_minute).calls_per_period(HOUR, ON_AWS) == per_minute


def test_calls_of_a_sandbox_minute_are_counted_by_its_period():
    in_sandbox = ON_AWS.model_copy(update={"period_seconds": 5})
    periods = {AT - 5 * age * MINUTE / 60: Counts(calls=7) for age in range(1, 1501)}
    assert RecentDay(until=AT, periods=periods).calls_per_period(300, in_sandbox) == 7


@pytest.mark.parametrize(
    ("name", "calls", "expected"),
    [
        ("the evening comes", lambda age: 10 if age > DAY_PERIODS - 60 and age <= DAY_PERIODS else 500, 10),
        ("traffic fell today", lambda age: 10 if age <= 60 else 500, 10),
        ("traffic rises every morning", lambda age: 500 if DAY_PERIODS - 60 < age <= DAY_PERIODS else 10, 10),
        ("one spike in the last hour", lambda age: 1_000_000 if age == 7 else 20, 20),
        ("all calls at the full hour", lambda age: 6000 if age % 60 == 1 else 0, 0),
        ("all calls of the day in one hour, twelve hours ago", lambda age: 6000 if 700 < age < 760 else 0, 0),
        ("silent every evening from now on", lambda age: 0 if DAY_PERIODS - 600 < age <= DAY_PERIODS else 50, 0),
        ("an outage of ten minutes in the last hour", lambda age: 0 if 5 < age <= 15 else 50, 50),
    ],
)
def test_expected_calls_are_the_fewer_of_today_and_yesterday(name, calls, expected):
    assert day(calls).calls_per_period(HOUR, ON_AWS) == expected, name


def test_alias_younger_than_a_day_is_judged_by_its_last_hour():
    assert day(lambda age: 50 if age <= 180 else 0).calls_per_period(HOUR, ON_AWS) == 50


def test_alias_without_calls_expects_none():
    """P5: CloudWatch has no datapoint of a new alias."""
    nothing = RecentDay(until=AT)
    assert (nothing.calls_per_period(HOUR, ON_AWS), nothing.total, nothing.history(ON_AWS)) == (0, Counts(), ())


@pytest.mark.parametrize("seconds", [1, 300, HOUR, 20 * 86_400])
def test_time_of_any_length_has_expected_calls(seconds):
    assert steady(60).calls_per_period(seconds, ON_AWS) == 60


def test_history_is_what_the_judge_reads_before_the_first_shift():
    history = day(lambda age: age).history(ON_AWS)
    assert [counts.calls for counts in history] == [*range(180, 0, -1)]


def test_day_leaves_out_periods_without_calls_and_caps_their_errors():
    counted = RecentDay.of({AT: 10.0, AT + MINUTE: 0.0, AT + 2 * MINUTE: 3.0}, {AT: 2.0, AT + 2 * MINUTE: 5.0}, AT)
    assert counted.periods == {AT: Counts(calls=10, bad=2), AT + 2 * MINUTE: Counts(calls=3, bad=3)}
    assert counted.total == Counts(calls=13, bad=5)


@pytest.mark.parametrize(("first", "periods"), [(5, 60), (60, 60), (61, 61), (1500, 1500)])
def test_known_time_begins_with_the_first_call_and_is_an_hour_or_more(first, periods):
    assert day(lambda age: int(age == first)).known_periods(ON_AWS) == periods
