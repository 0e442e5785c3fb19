"""Whatever befalls one call of a rollout, it is made again and nothing else changes (P4)."""

import pytest

from tests.interleavings.actors import Fate
from tests.interleavings.machine import Execution

ANYWHERE = range(60)


@pytest.mark.parametrize("fate", [Fate.THROTTLED, Fate.ANSWER_LOST, Fate.DIES_BEFORE, Fate.DIES_AFTER])
@pytest.mark.parametrize("health", ["onward", "unhealthy"])
def test_whatever_befalls_one_call_changes_no_ending(stage, fate, health):
    """P4: each call of a rollout in turn."""
    for number in ANYWHERE:
        world = stage.anew()
        world.health["2"] = health
        rollout = world.asked("2")
        _play(rollout, number, fate)
        assert rollout.document["ending"]["outcome"] == ("promoted" if health == "onward" else "rolled_back")
        world.come_to_rest()
        world.promises.at_the_end()


def _play(rollout: Execution, number: int, fate: Fate) -> None:
    """Play a rollout to its end, with this fate for the call of this number."""
    calls = 0
    while rollout.is_running:
        is_call = rollout.task is not None
        rollout.go_on(fate if is_call and calls == number else Fate.ANSWERED)
        calls += is_call
