"""Orders of events that once broke a promise, each the shortest of its kind."""

import pytest

from tests.interleavings.actors import Actor, Fate
from tests.interleavings.machine import Execution
from tests.interleavings.world import World


@pytest.fixture
def world(stage) -> World:
    return stage.anew()


def reach(world: World, execution: Execution, state: str, calls: int = 0) -> Actor:
    """Let an execution enter a state and its task make some calls; return the task, about to make the next one."""
    world.run(execution, until=lambda: execution.state == state and execution.task is not None)
    for _ in range(calls):
        execution.go_on()
    return execution.task


def guard(world: World, calls: int) -> Actor:
    """Let the guardian come and make some calls."""
    guardian = world.guard()
    for _ in range(calls):
        guardian.go_on(Fate.ANSWERED)
    return guardian


def kept(world: World) -> bool:
    world.come_to_rest()
    world.promises.at_the_end()
    return True


def test_a_rollout_alone_promotes(world):
    rollout = world.asked("2")
    world.run(rollout)
    assert rollout.status == "SUCCEEDED"
    assert kept(world)


# Calls of PrepareRollout, and of the guardian.
TAKEN, TO_SEIZE = 5, 3
LOOKED_UP = 4


def test_a_stopped_prepare_takes_no_claim_from_its_redriven_self(world):
    """P1: the alias had moved since its claim was taken: by the very rollout the claim belongs to."""
    rollout = world.asked("2")
    zombie = reach(world, rollout, "PrepareRollout", TAKEN)
    rollout.stop()
    rollout.redrive()
    reach(world, rollout, "JudgeCanary")
    zombie.finish()
    rollout.stop()
    assert kept(world)


def test_a_late_prepare_makes_nobody_forget_what_its_redriven_self_has_written(world):
    """P1, P10: the guardian would take the alias for untouched, and leave it split."""
    rollout = world.asked("2")
    zombie = reach(world, rollout, "PrepareRollout", TAKEN - 1)
    rollout.stop()
    rollout.redrive()
    reach(world, rollout, "JudgeCanary")
    zombie.finish()
    rollout.stop()
    assert kept(world)


def test_a_stopped_prepare_opens_no_entry_that_the_guardian_has_closed(world):
    """It would stay open for good."""
    rollout = world.asked("2")
    zombie = reach(world, rollout, "PrepareRollout", TAKEN + 1)
    rollout.stop()
    world.guard().finish()
    zombie.finish()
    assert kept(world)


def test_what_the_policy_leaves_to_a_person_the_guardian_leaves_too_and_a_late_close_does_not_unsay_it(world):
    """P10."""
    world.health["2"] = "thin"
    rollout = world.asked("2", on_inconclusive="hand_over")
    reach(world, rollout, "JudgeCanary", 0)
    world.pass_an_hour()
    zombie = reach(world, rollout, "CloseRollout")
    rollout.stop()
    world.guard().finish()
    assert world.functions.now.alone is None
    zombie.finish()
    assert kept(world)


def test_a_late_roll_back_leaves_the_next_rollout_of_its_version_alone(world):
    """P3: it looked at its claim, then at the alias; in between, both had become another one's."""
    world.health["2"] = "unhealthy"
    first = world.asked("2")
    zombie = reach(world, first, "RollBack", 1)
    first.stop()
    world.guard().finish()
    world.health["2"] = "onward"
    second = world.asked("2")
    reach(world, second, "JudgeCanary")
    zombie.finish()
    world.run(second)
    assert second.status == "SUCCEEDED"
    assert kept(world)


def test_a_late_guardian_drops_no_claim_but_its_own(world):
    """P1: two guardians, and two rollouts that were stopped."""
    first = world.asked("2")
    reach(world, first, "JudgeCanary")
    first.stop()
    late = guard(world, calls=TO_SEIZE)
    world.guard().finish()
    second = world.asked("3")
    reach(world, second, "JudgeCanary")
    second.stop()
    dying = guard(world, calls=TO_SEIZE + 1)
    late.finish()
    dying.go_on(Fate.DIES_BEFORE)
    assert kept(world)


def test_a_guardian_that_saw_a_claim_long_ago_looks_again(world):
    """P1: when it was seen, its rollout had written nothing yet."""
    rollout = world.asked("2")
    reach(world, rollout, "ShiftTraffic")
    late = guard(world, calls=1)
    reach(world, rollout, "JudgeCanary")
    rollout.stop()
    late.finish()
    assert kept(world)


@pytest.mark.parametrize("calls", range(8))
def test_two_guardians_at_once_write_no_alias_of_a_later_rollout(world, calls):
    """P3."""
    first = world.asked("2")
    reach(world, first, "JudgeCanary")
    first.stop()
    late = guard(world, calls)
    world.guard().finish()
    second = world.asked("2")
    reach(world, second, "JudgeCanary")
    late.finish()
    world.run(second)
    assert second.status == "SUCCEEDED"
    assert kept(world)


def test_a_late_sweep_rolls_out_no_version_that_somebody_began_and_had_taken_back_meanwhile(world):
    """P7: it starts an execution, which finds that there is nothing left to do."""
    late = world.guard("versions")
    for _ in range(LOOKED_UP):
        late.go_on(Fate.ANSWERED)
    world.health["3"] = "unhealthy"
    world.run(world.asked("3"))
    world.health["3"] = "onward"
    late.finish()
    for started in world.executions[1:]:
        world.run(started)
        assert (started.status, started.way[-1]) == ("SUCCEEDED", "NothingToDo")
    assert world.functions.now.alone == "1"
    assert kept(world)


def test_a_way_back_of_the_state_machines_own_that_comes_late_writes_nothing(world):
    """P3: nothing was announced, as nothing could be; RestoreAlias asks no claim, so only the revision keeps it out."""
    rollout = world.asked("2")
    reach(world, rollout, "ShiftTraffic")
    while rollout.state != "RestoreAlias" or rollout.task is None:
        rollout.go_on(Fate.THROTTLED)
    zombie = rollout.task
    rollout.stop()
    world.guard().finish()
    zombie.finish()
    assert kept(world)


def test_a_guardian_that_comes_late_to_a_redriven_rollout_leaves_it_to_the_next_one(world):
    """P1: it seized the claim of a rollout that ran again and had moved the alias meanwhile, and so could not write."""
    rollout = world.asked("2")
    reach(world, rollout, "JudgeCanary")
    rollout.stop()
    guardian = guard(world, TO_SEIZE)
    rollout.redrive()
    world.run(rollout, until=lambda: rollout.way.count("ShiftTraffic") > 1 and rollout.state == "WaitForMetrics")
    guardian.finish()
    assert kept(world)
