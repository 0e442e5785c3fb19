"""A rollout made of stable's own minutes loses no call and no error, and splits bursts whole."""

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollout.domain.counts import Counts
from rollout.evidence.calibration.own_minutes import split_minutes
from rollout.evidence.dispersion import Dispersion

SINGLE = Dispersion(theta=1e-6, error_rate=0.001, minutes=60, calls=1000)
"""Errors come one by one."""
CLUMPS = Dispersion(theta=1.0, error_rate=0.01, minutes=60, calls=1000)
"""Clumps are so large that each minute has one."""
RUNS = CLUMPS.model_copy(update={"run_seconds": 180.0})

minute = st.integers(1, 500).flatmap(lambda calls: st.builds(Counts, calls=st.just(calls), bad=st.integers(0, calls)))


def split(history, shares, dispersion=SINGLE, seed=1):
    return split_minutes(Random(seed), history, shares, dispersion, 60)  # noqa: S311 - no secret


@given(history=st.lists(minute, min_size=1, max_size=30), seed=st.integers(), share=st.floats(0.01, 0.99))
@pytest.mark.parametrize("dispersion", [SINGLE, CLUMPS, RUNS])
def test_no_call_and_no_error_is_lost(dispersion, history, seed, share):
    groups = split(history, [share] * 30, dispersion, seed)
    own = {(counts.calls, counts.bad) for counts in history}
    assert {(group.canary_calls + group.stable_calls, group.canary_bad + group.stable_bad) for group in groups} <= own
    for group in groups:
        assert 0 <= group.canary_bad <= group.canary_calls
        assert 0 <= group.stable_bad <= group.stable_calls


@pytest.mark.parametrize("calls", [20, 1000])
def test_canary_gets_its_share_of_calls_and_errors(calls):
    groups = split([Counts(calls=calls, bad=calls // 4)] * 60, [0.1] * 2000)
    served = sum(group.canary_calls for group in groups) / (2000 * calls)
    failed = sum(group.canary_bad for group in groups) / (2000 * calls / 4)
    assert served == pytest.approx(0.1, rel=0.1)
    assert failed == pytest.approx(0.1, rel=0.1)


def test_minutes_keep_their_order_in_blocks():
    groups = split([Counts(calls=1000 + number) for number in range(60)], [0.5] * 40)
    calls = [group.canary_calls + group.stable_calls for group in groups]
    assert sum((later - earlier) % 60 == 1 for earlier, later in pairwise(calls)) >= 36
    starts = [group.start for group in groups]
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(minutes=1)}


def test_errors_that_come_one_by_one_are_on_both_sides():
    groups = split([Counts(calls=1000, bad=100)] * 60, [0.5] * 30)
    assert all(group.canary_bad and group.stable_bad for group in groups)


@pytest.mark.parametrize("bad", [5, 50])
def test_clump_is_wholly_on_one_side(bad):
    """The clumps are many times as large as the errors of a minute: fewer than one in ten minutes has two."""
    groups = split([Counts(calls=1000, bad=bad)] * 60, [0.5] * 300, CLUMPS)
    whole = [group for group in groups if group.canary_bad in (0, bad)]
    assert len(whole) > 0.9 * len(groups)
    assert {group.canary_bad for group in whole} == {0, bad}


def test_clump_is_no_larger_than_the_canarys_calls():
    groups = split([Counts(calls=1000, bad=500)] * 60, [0.01] * 3000, CLUMPS)
    assert max(group.canary_bad for group in groups) <= max(group.canary_calls for group in groups) <= 11


def changes_of_side(dispersion, *errors):
    """Return how many of neighbouring minutes with errors have them on different sides."""
    groups = [
        group
        for seed in range(40)
        for group in split([Counts(calls=1000, bad=bad) for bad in errors], [0.5] * len(errors), dispersion, seed)
    ]
    sides = [
        (group.start, group.canary_bad > group.stable_bad) for group in groups if group.canary_bad + group.stable_bad
    ]
    pairs = [
        one != other for (before, one), (after, other) in pairwise(sides) if after - before == timedelta(minutes=1)
    ]
    return sum(pairs) / len(pairs)


def test_bursts_that_last_stay_on_their_side():
    storm = (*[0] * 8, *[40] * 6)
    assert changes_of_side(CLUMPS, *storm) > 0.4
    assert changes_of_side(RUNS, *storm) < 0.1


def test_calls_of_a_quiet_alias_are_rounded_by_chance():
    groups = split([Counts(calls=10, bad=0)] * 60, [0.05] * 1000)
    assert {group.canary_calls for group in groups} == {1}
    assert 400 < len(groups) < 600
