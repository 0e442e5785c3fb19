"""Stopped before or after any of its calls, or refused every call from one on, a rollout leaves nothing behind (P1)."""

import pytest

from tests.interleavings.actors import Fate
from tests.interleavings.machine import Execution

ANYWHERE = range(42)
WAYS = pytest.mark.parametrize("health", ["onward", "unhealthy"])


def reach(execution: Execution, number: int) -> None:
    """Let an execution make this many calls."""
    while execution.is_running and number:
        number -= execution.task is not None
        execution.go_on()


@WAYS
@pytest.mark.parametrize("fate", [None, Fate.ANSWERED, Fate.ANSWER_LOST])
@pytest.mark.parametrize("guardian_comes_first", [True, False])
def test_a_rollout_may_be_stopped_anywhere(stage, health, fate, guardian_comes_first):
    """P1, P3, P10: its last task goes on, before the guardian comes or after."""
    for number in ANYWHERE:
        world = stage.anew()
        world.health["2"] = health
        rollout = world.asked("2")
        reach(rollout, number)
        if rollout.task and fate:
            rollout.go_on(fate)
        rollout.stop()
        if guardian_comes_first:
            world.guard().finish()
        world.come_to_rest()
        world.promises.at_the_end()
        assert world.functions.now.alone


@WAYS
def test_aws_may_refuse_everything_from_anywhere_on(stage, health):
    """P1, P10: the guardian mends what neither RollBack nor RestoreAlias could."""
    for number in ANYWHERE:
        world = stage.anew()
        world.health["2"] = health
        rollout = world.asked("2")
        reach(rollout, number)
        world.run(rollout, fate=Fate.THROTTLED)
        world.come_to_rest()
        world.promises.at_the_end()
        assert world.functions.now.alone


@WAYS
def test_lambda_alone_may_refuse_every_write_from_anywhere_on(stage, health):
    """P1: a rollout that failed to go back is closed, and yet its alias is not given up."""
    for number in ANYWHERE:
        world = stage.anew()
        world.health["2"] = health
        rollout = world.asked("2")
        reach(rollout, number)
        world.functions.refuses_writes = True
        world.run(rollout)
        world.functions.refuses_writes = False
        world.come_to_rest()
        world.promises.at_the_end()
        assert world.functions.now.alone
