"""Minutes are taken one by one in short rollouts; in long ones the newest still are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.evidence.grouping import MOST_GROUPS, NEWEST, Group, grouped, grouped_alone
from tests.samples import minutes

OLDER = (100, 1, 900, 2)


@given(st.integers(0, 400))
def test_no_minute_is_lost_and_the_groups_are_few(lasted):
    groups = grouped(minutes(*[OLDER] * lasted))
    assert sum(group.minutes for group in groups) == lasted
    assert sum(group.canary_bad for group in groups) == lasted
    assert len(groups) <= MOST_GROUPS


def test_a_short_rollout_is_taken_minute_by_minute():
    assert grouped(minutes(*[OLDER] * MOST_GROUPS)) == [Group(1, 100, 1, 900, 2)] * MOST_GROUPS


@pytest.mark.parametrize("lasted", [MOST_GROUPS + 1, 240, 1440])
def test_the_newest_minutes_stand_alone(lasted):
    """A fault that comes late in a long rollout would be watered down by the good minutes before it."""
    groups = grouped(minutes(*[OLDER] * (lasted - NEWEST), *[(500, 9, 500, 3)] * NEWEST))
    assert groups[-NEWEST:] == [Group(1, 500, 9, 500, 3)] * NEWEST
    assert all(group[1:] == (100, group.minutes, 900, 2 * group.minutes) for group in groups[:-NEWEST])


def test_minutes_in_which_one_version_had_no_calls_compare_nothing():
    """P5."""
    assert grouped(minutes((0, 0, 900, 9), (100, 9, 0, 0), (10, 1, 90, 2))) == [Group(1, 10, 1, 90, 2)]


def test_the_canary_alone_is_taken_whatever_stable_did():
    assert grouped_alone(minutes((0, 0, 0, 0), (100, 9, 0, 0), (10, 1, 90, 2))) == [
        Group(1, 100, 9, 0, 0),
        Group(1, 10, 1, 0, 0),
    ]
