"""One writer per alias, and the guardian for rollouts that are stopped (P1, P3)."""

import pytest

from tests.e2e.stories.locks import newer_version_supersedes, newer_versions_queue, stopped_in_bake, stopped_in_step

_PARTS = {"repaired", "unqueued", "named", "started", "failed", "deleted", "not_reached", "closed", "released"}
"""What a sweep reports."""


def test_rollout_stopped_in_step_is_repaired_by_guardian(stories, stack):
    """P1, P10."""
    rollout = stories(stopped_in_step)
    assert (rollout.ending, rollout.shop.shares()) == ("ABORTED", {"1": 100})
    (entry,) = stack.ledger.rollouts(rollout.shop)
    assert entry["outcome"] == "rolled_back"
    assert "was stopped, and the guardian repaired the alias" in entry["reason"]


def test_rollout_stopped_in_bake_stays_promoted(stories, stack):
    """P1, P10: the ledger states that the bake did not end."""
    rollout = stories(stopped_in_bake)
    assert (rollout.ending, rollout.shop.shares()) == ("ABORTED", {"2": 100})
    (entry,) = stack.ledger.rollouts(rollout.shop)
    assert entry["outcome"] == "promoted"
    assert "was stopped before the bake ended" in entry["reason"]


def test_queue_starts_only_newest_version(stories, stack):
    """P3, P7."""
    first, replaced, newest = stories(newer_versions_queue)
    assert [rollout.ending for rollout in (first, replaced, newest)] == ["SUCCEEDED"] * 3
    assert stack.executions.states(replaced.execution)[-1] == "NothingToDo"
    assert newest.shop.shares() == {"4": 100}
    assert [entry["canary_version"] for entry in stack.ledger.rollouts(newest.shop)] == ["2", "4"]
    assert stack.ledger.lock(newest.shop) == {}


def test_superseding_version_starts_after_rollback(stories):
    """P3, P10."""
    first, second = stories(newer_version_supersedes)
    assert first.ending == "RolloutRolledBack"
    assert "version 3 was published and supersedes this rollout" in first.cause
    assert (second.ending, second.shop.shares()) == ("SUCCEEDED", {"3": 100})


@pytest.mark.parametrize("sweep", ["aliases", "versions"])
def test_sweep_after_finished_rollouts_repairs_nothing(sweeps, sweep):
    assert {*sweeps[sweep]} == _PARTS
    moved_or_commanded = [named for named in sweeps[sweep]["named"] if "started_by" not in named]
    assert not any((sweeps[sweep] | {"named": moved_or_commanded}).values())
