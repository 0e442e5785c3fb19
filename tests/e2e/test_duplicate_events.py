"""Word of three versions comes twice by each way, in no order and all at once: one rollout of each (P7)."""

import pytest

from tests.e2e.many_events import VERSIONS, told_often


@pytest.fixture
def often(stories):
    return stories(told_often)


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_has_one_rollout(often, version):
    assert len(often.executions[version]) == 1


def test_the_newest_version_is_served_alone_in_the_end(often):
    """P1."""
    assert often.shop.served() == {VERSIONS[-1]: 100}


def test_every_rollout_ends_green_the_older_ones_promoted_or_overtaken(often, sandbox):
    """P10: nobody fails for having come at the same time as others."""
    *older, newest = [sandbox.states(arn)[-1] for arns in often.executions.values() for arn in arns]
    assert newest == "RolloutSucceeded"
    assert set(older) <= {"RolloutSucceeded", "NothingToDo"}


def test_nobody_holds_the_alias_afterwards_and_no_version_is_entered_twice(often, sandbox):
    """P3."""
    entered = [entry["canary_version"] for entry in sandbox.rollouts(often.shop)]
    assert sandbox.lock(often.shop) == {}
    assert len(entered) == len({*entered})
    assert {entry["outcome"] for entry in sandbox.rollouts(often.shop)} == {"promoted"}
