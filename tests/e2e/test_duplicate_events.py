"""Duplicate events in random order start one rollout per version (P7)."""

import pytest

from tests.e2e.stories.duplicate_events import VERSIONS, events_arrive_twice


@pytest.fixture
def duplicates(stories):
    return stories(events_arrive_twice)


@pytest.mark.parametrize("version", VERSIONS)
def test_version_has_one_rollout(duplicates, version):
    assert len(duplicates.executions[version]) == 1


def test_alias_serves_newest_version(duplicates):
    """P1."""
    assert duplicates.shop.shares() == {VERSIONS[-1]: 100}


def test_every_rollout_ends_green(duplicates, stack):
    """P10: an older version is promoted, or replaced in the queue by a newer one."""
    *older, newest = [stack.executions.states(arn)[-1] for arns in duplicates.executions.values() for arn in arns]
    assert newest == "RolloutSucceeded"
    assert set(older) <= {"RolloutSucceeded", "NothingToDo"}


def test_version_has_one_ledger_entry_and_lock_is_free(duplicates, stack):
    """P3."""
    rollouts = stack.ledger.rollouts(duplicates.shop)
    versions = [entry["canary_version"] for entry in rollouts]
    assert stack.ledger.lock(duplicates.shop) == {}
    assert len(versions) == len({*versions})
    assert {entry["outcome"] for entry in rollouts} == {"promoted"}
