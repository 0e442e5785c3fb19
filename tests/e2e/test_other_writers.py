"""An alias that other writers delete, create again and move."""

from tests.e2e.stories.other_writers import alias_is_created_again_and_then_moved


def test_alias_that_is_created_again_is_waited_for(stories, stack):
    """P2: in the bake, and before the first shift, where it is not created at the new version."""
    in_bake, before_shift = stories(alias_is_created_again_and_then_moved).rollouts
    assert [rollout.ending for rollout in (in_bake, before_shift)] == ["SUCCEEDED"] * 2
    assert stack.executions.inputs(before_shift.execution)["ShiftTraffic"]["stable_version"] == "2"


def test_move_outside_a_rollout_is_reported_with_its_writer_and_the_version_before(stories):
    [move] = stories(alias_is_created_again_and_then_moved).moves
    assert (move["version"], move["version_before"], move["shares_before"]) == ("2", "3", {})
    assert move["writer"].endswith(":root")
