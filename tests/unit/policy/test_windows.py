"""Tests of windows: when the next one opens, in its own time zone, across midnight and summer time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.errors import InvalidPolicyError
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy
from rollout.policy.windows import Window, opening_after

OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00", "timezone": "Europe/Berlin"}
NIGHT = {"days": ["fri"], "from": "22:00", "to": "02:00", "timezone": "UTC"}
DAILY = {"from": "00:00", "to": "00:00", "timezone": "UTC"}
GAP = {"from": "02:30", "to": "03:30", "timezone": "Europe/Berlin"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "now", "opens"),
    [
        ([], "2026-11-28T12:00", None),
        ([OFFICE], "2026-11-26T08:00", None),
        ([OFFICE], "2026-11-26T07:59", "2026-11-26T08:00"),
        ([OFFICE], "2026-11-26T15:59", None),
        ([OFFICE], "2026-11-26T16:00", "2026-11-27T08:00"),
        ([OFFICE], "2026-11-27T16:00", "2026-11-30T08:00"),
        ([OFFICE], "2026-07-03T15:00", "2026-07-06T07:00"),
        ([NIGHT], "2026-11-27T21:59", "2026-11-27T22:00"),
        ([NIGHT], "2026-11-28T01:59", None),
        ([NIGHT], "2026-11-28T02:00", "2026-12-04T22:00"),
        ([DAILY], "2026-11-28T02:00", None),
        ([OFFICE, NIGHT], "2026-11-27T16:00", "2026-11-27T22:00"),
        ([GAP], "2026-03-29T01:00", "2026-03-30T00:30"),
    ],
)
def test_next_window_opens(written, now, opens):
    windows = [Window.model_validate(window) for window in written]
    assert opening_after(windows, at(now)) == (opens and at(opens))


@given(
    st.lists(st.sampled_from(["mon", "wed", "sat", "sun"]), min_size=1, max_size=4, unique=True),
    st.times(),
    st.times(),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Europe/Berlin"]),
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - made aware below
)
def test_a_closed_window_opens_within_eight_days_and_is_open_then(days, opens, closes, timezone, now):
    clock = {"from": f"{opens:%H:%M}", "to": f"{closes:%H:%M}"}
    windows = [Window.model_validate({"days": days, "timezone": timezone} | clock)]
    now = now.replace(tzinfo=UTC)
    opening = opening_after(windows, now)
    if opening is not None:
        assert timedelta() < opening - now <= timedelta(days=8)
        assert opening_after(windows, opening) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"days": ["monday"]}, "days[0] is \"monday\": write 'mon', 'tue'"),
        ({"days": []}, "days"),
        ({"from": "9:00"}, 'from is "9:00": write a time from 00:00 to 23:59, such as "09:00"'),
        ({"to": "24:00"}, 'to is "24:00": write a time from 00:00 to 23:59'),
        ({"timezone": "Berlin"}, 'timezone is "Berlin": write the name of an IANA time zone'),
        ({"timezone": "../etc/passwd"}, "write the name of an IANA time zone"),
        ({"opens": "09:00"}, "opens"),
    ],
)
def test_window_is_refused_by_field_and_value(change, problem):
    """P12."""
    with pytest.raises(InvalidPolicyError) as refused:
        read_policy({"windows": [OFFICE | change]})
    assert problem in str(refused.value)


def test_windows_stay_as_written_through_json():
    """P12."""
    read = Policy.model_validate({"windows": [OFFICE]})
    assert read.model_dump(mode="json")["windows"] == [OFFICE]
    assert Policy.model_validate_json(read.model_dump_json()) == read
