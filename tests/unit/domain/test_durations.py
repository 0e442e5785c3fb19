"""Lengths of time are read and said as people write them."""

import pytest

from rollout.domain.durations import MAX_DURATION_SECONDS, format_duration, parse_duration


@pytest.mark.parametrize(
    ("written", "seconds"),
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
def test_a_duration_is_read_as_written(written, seconds):
    assert parse_duration(written) == seconds


@pytest.mark.parametrize(
    "written",
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
def test_what_is_no_duration_is_answered_with_the_forms_that_are(written):
    with pytest.raises(ValueError, match='write whole seconds, or a number with its unit such as "90s", "5m" or "2h"'):
        parse_duration(written)


@pytest.mark.parametrize("written", [-1, MAX_DURATION_SECONDS + 1, "31d", 10**40])
def test_a_duration_out_of_bounds_is_answered_with_the_bounds(written):
    with pytest.raises(ValueError, match="write a time from 0 to 30d"):
        parse_duration(written)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0s"), (1, "1s"), (90, "90s"), (300, "5m"), (5400, "90m"), (7200, "2h"), (86400, "1d")]
)
def test_a_duration_is_said_in_its_largest_whole_unit(seconds, said):
    assert format_duration(seconds) == said
    assert parse_duration(said) == seconds
