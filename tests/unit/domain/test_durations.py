"""Durations are read and formatted as people write them."""

import pytest

from rollout.domain.durations import MAX_DURATION_SECONDS, format_duration, parse_duration


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0),
        (90, 90),
        (90.0, 90),
        ("90s", 90),
        ("5m", 300),
        ("2h", 7200),
        ("1d", 86400),
        ("30d", MAX_DURATION_SECONDS),
    ],
)
def test_duration_is_read_in_seconds(value, seconds):
    assert parse_duration(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        "5",
        "m",
        "5 m",
        "1.5m",
        "5w",
        "-5m",
        "5m\n",
        "٣m",
        1.5,
        True,
        None,
        [],
        float("nan"),
        float("inf"),
        "9" * 5000,
    ],
)
def test_invalid_duration_is_refused_with_the_accepted_forms(value):
    with pytest.raises(ValueError, match='write whole seconds, or a number with a unit such as "90s", "5m" or "2h"'):
        parse_duration(value)


@pytest.mark.parametrize("value", [-1, MAX_DURATION_SECONDS + 1, "31d", 10**40])
def test_duration_out_of_bounds_is_refused_with_the_bounds(value):
    with pytest.raises(ValueError, match="write a duration from 0 to 30d"):
        parse_duration(value)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (1, "1s"), (90, "90s"), (300, "5m"), (5400, "90m"), (7200, "2h"), (86400, "1d")]
)
def test_duration_is_formatted_in_its_largest_whole_unit(seconds, text):
    assert format_duration(seconds) == text
    assert parse_duration(text) == seconds
