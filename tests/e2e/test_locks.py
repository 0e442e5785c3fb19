"""One alias, one writer; and whoever stops a rollout, the alias is made whole (P1, P3)."""

import pytest

from tests.e2e.stories import (
    newer_version_supersedes,
    newer_versions_wait,
    stopped_in_a_step,
    stopped_in_the_bake,
)


def test_a_rollout_that_an_operator_stops_is_put_back_by_the_guardian(stories, sandbox):
    """P1, P10."""
    played = stories(stopped_in_a_step)
    assert (played.ending, played.shop.served()) == ("ABORTED", {"1": 100})
    (entry,) = sandbox.rollouts(played.shop)
    assert entry["outcome"] == "rolled_back"
    assert "was stopped, and the guardian has put its alias in order" in entry["reason"]


def test_a_version_whose_bake_is_stopped_stays_promoted_and_is_said_to_be_unwatched(stories, sandbox):
    """P1, P10."""
    played = stories(stopped_in_the_bake)
    assert (played.ending, played.shop.served()) == ("ABORTED", {"2": 100})
    (entry,) = sandbox.rollouts(played.shop)
    assert entry["outcome"] == "promoted"
    assert "was stopped before the bake was over" in entry["reason"]


def test_of_the_versions_that_wait_the_newest_comes_next(stories, sandbox):
    """P3, P7."""
    first, overtaken, newest = stories(newer_versions_wait)
    assert [played.ending for played in (first, overtaken, newest)] == ["SUCCEEDED"] * 3
    assert sandbox.states(overtaken.execution)[-1] == "NothingToDo"
    assert newest.shop.served() == {"4": 100}
    assert [entry["canary_version"] for entry in sandbox.rollouts(newest.shop)] == ["2", "4"]
    assert sandbox.lock(newest.shop) == {}


def test_a_version_that_supersedes_has_the_one_before_taken_back_first(stories):
    """P3, P10."""
    first, second = stories(newer_version_supersedes)
    assert first.ending == "RolloutRolledBack"
    assert "version 3 was published and is to be rolled out in place of this one" in first.ended["cause"]
    assert (second.ending, second.shop.served()) == ("SUCCEEDED", {"3": 100})


@pytest.mark.parametrize("sweep", ["aliases", "versions"])
def test_a_sweep_finds_nothing_to_mend_where_every_rollout_ended_by_itself(sandbox, swept, sweep):
    assert swept[sweep] == {"repaired": [], "started": []}
