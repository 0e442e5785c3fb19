"""Short rollouts are judged minute by minute; long rollouts keep only the newest minutes single."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.evidence.grouping import MOST_GROUPS, NEWEST, Group, group_canary_minutes, group_minutes
from tests.samples import AT, minutes

OLDER = (100, 1, 900, 2)
MINUTE = timedelta(minutes=1)


@given(st.integers(0, 400))
def test_groups_keep_every_minute_and_stay_few(minute_count):
    groups = group_minutes(minutes(*[OLDER] * minute_count))
    assert sum(group.minutes for group in groups) == minute_count
    assert sum(group.canary_bad for group in groups) == minute_count
    assert len(groups) <= MOST_GROUPS


def test_short_rollout_has_one_group_per_minute():
    groups = group_minutes(minutes(*[OLDER] * MOST_GROUPS))
    assert groups == [Group(1, 100, 1, 900, 2, AT + start * MINUTE) for start in range(MOST_GROUPS)]


@pytest.mark.parametrize("minute_count", [MOST_GROUPS + 1, 240, 1440])
def test_newest_minutes_stay_single(minute_count):
    """Good minutes in the same group would dilute a late fault."""
    groups = group_minutes(minutes(*[OLDER] * (minute_count - NEWEST), *[(500, 9, 500, 3)] * NEWEST))
    first = minute_count - NEWEST
    assert groups[-NEWEST:] == [Group(1, 500, 9, 500, 3, AT + start * MINUTE) for start in range(first, minute_count)]
    assert all(group[1:-1] == (100, group.minutes, 900, 2 * group.minutes) for group in groups[:-NEWEST])


def test_minutes_with_calls_of_one_version_are_left_out():
    """P5."""
    assert group_minutes(minutes((0, 0, 900, 9), (100, 9, 0, 0), (10, 1, 90, 2))) == [
        Group(1, 10, 1, 90, 2, AT + 2 * MINUTE)
    ]


def test_canary_groups_ignore_stable():
    assert group_canary_minutes(minutes((0, 0, 0, 0), (100, 9, 0, 0), (10, 1, 90, 2))) == [
        Group(1, 100, 9, 0, 0, AT + MINUTE),
        Group(1, 10, 1, 0, 0, AT + 2 * MINUTE),
    ]


OUTAGE = {1: (60, 30, 5_940, 2_970), 5: (300, 150, 5_700, 2_850)}
SHARES = {1: (60, 0, 5_940, 6), 5: (300, 0, 5_700, 6)}


@pytest.mark.parametrize("before", [38, 40, 47])
def test_group_never_spans_two_shares(before):
    """An outage of both versions across a shift would look as if one of them failed more often."""
    first = [SHARES[1]] * before + [OUTAGE[1]] * 2
    groups = group_minutes(minutes(*first, *[OUTAGE[5]] * 2, *[SHARES[5]] * 60))
    assert {group.canary_calls for group in groups} == {60, 300}
    assert sum(group.minutes for group in groups if group.canary_calls == 60) == before + 2
    assert len(groups) <= MOST_GROUPS + 1


def test_shares_that_change_in_every_minute_leave_few_groups():
    swapped = [(100, 1, 900, 2), (900, 1, 100, 2)] * 200
    groups = group_minutes(minutes(*swapped))
    assert len(groups) <= 2 * MOST_GROUPS
    assert sum(group.minutes for group in groups) == 400


@given(st.lists(st.integers(0, 12), min_size=60, max_size=200))
def test_chance_at_low_traffic_begins_no_group(counts):
    """Six calls a minute at a share of 50 %: any split of them is chance."""
    groups = group_minutes(minutes(*[(1 + count % 6, 0, 6 - count % 6, 0) for count in counts]))
    assert len(groups) <= MOST_GROUPS
