"""A release whose execution, or one of whose rollouts, is stopped or meets a fault at any call: all or nothing."""

import pytest

from tests.interleavings.actors import CallOutcome
from tests.interleavings.release_world import ReleaseWorld
from tests.interleavings.test_releases import CHAIN, check_settled

RELEASE_CALLS, ROLLOUT_CALLS = range(0, 45, 2), range(0, 130, 5)
FAULTS = [CallOutcome.THROTTLED, CallOutcome.RESPONSE_LOST, CallOutcome.KILLED_BEFORE, CallOutcome.KILLED_AFTER]
_MOST_TURNS = 4000


@pytest.fixture
def new_world(scenarios):
    """Return a new world for each call, and end the threads of all of them."""
    worlds = []

    def new() -> ReleaseWorld:
        worlds.append(ReleaseWorld(**CHAIN))
        scenarios.play(worlds[-1])
        return worlds[-1]

    yield new
    for world in worlds:
        world.kill_every_actor()


def reach(world, chosen, calls):
    """Let every execution take turns until the chosen one is about to make this call; False where all have ended."""
    for _ in range(_MOST_TURNS):
        for execution in [*world.executions]:
            is_call = execution is chosen(world) and execution.task is not None
            if is_call and not calls:
                return True
            calls -= is_call
            _advance(execution)
        if not any(each.is_running for each in world.executions):
            return False
    raise AssertionError(f"the release does not end: {world.format_history()}")


def _advance(execution):
    if execution.is_running:
        execution.advance()


def of_release(world):
    return world.release


def of_second(world):
    return world.parts[1] if len(world.parts) > 1 else None


@pytest.mark.parametrize("outcome", FAULTS)
@pytest.mark.parametrize("bad", [None, "checkout"])
def test_fault_in_one_call_of_a_release_changes_no_ending(new_world, outcome, bad):
    """P4: each call of PrepareRelease, JudgeRelease and CloseRelease in turn."""
    for number in RELEASE_CALLS:
        world = new_world()
        if bad:
            world.evaluations[bad] = "unhealthy"
        if reach(world, of_release, number):
            world.release.advance(outcome)
        world.settle()
        check_settled(world)
        assert world.served() == (["1", "1"] if bad else ["3", "3"]), world.format_history()


@pytest.mark.parametrize("chosen", [of_release, of_second])
@pytest.mark.parametrize("outcome", [None, CallOutcome.ANSWERED])
def test_stopped_execution_leaves_both_functions_alike(new_world, chosen, outcome):
    """P1: the call that was running when the execution was stopped is made all the same, or it is not."""
    for number in RELEASE_CALLS if chosen is of_release else ROLLOUT_CALLS:
        world = new_world()
        if reach(world, chosen, number):
            execution = chosen(world)
            if outcome and execution.task:
                execution.advance(outcome)
            execution.stop()
        world.settle()
        check_settled(world)


def status(world):
    entries = [each for each in world.dynamodb.entries() if each["entry"].startswith("release#")]
    return entries[0] if entries else {}


def until_both_bakes_have_passed(world):
    """Let the rollouts go on until both have passed, while the release has not been judged since."""
    for _ in range(_MOST_TURNS):
        found = status(world)
        if found.get("progress_0") == found.get("progress_1") == 3:
            return
        is_ahead = found.get("release_status") == "promoting"
        for execution in [*world.parts] if is_ahead else [*world.executions]:
            _advance(execution)
    raise AssertionError(f"the bakes do not pass: {world.format_history()}")


@pytest.mark.parametrize("calls", range(16))
def test_function_that_fails_while_its_release_is_promoted_stays_with_the_other(new_world, calls):
    """One conditional write decides, whatever the evaluation has read before it."""
    world = new_world()
    until_both_bakes_have_passed(world)
    world.evaluations["checkout"] = "unhealthy"
    while (second := world.parts[1]).state != "JudgeCanary" or second.task is None:
        _advance(second)
    for _ in range(calls):
        _advance(second)
    for _ in range(_MOST_TURNS):
        if status(world)["release_status"] == "promoting":
            _advance(world.release)
    world.settle()
    check_settled(world)
    assert world.release.state in ("ReleasePromoted", "ReleaseRolledBack")


@pytest.mark.parametrize("chosen", range(2))
def test_function_that_is_killed_in_its_bake_after_the_promotion_stays_promoted(new_world, chosen):
    """JudgeCanary cannot run, so RollBack asks whether the release was promoted."""
    world = new_world()
    until_both_bakes_have_passed(world)
    while status(world)["release_status"] == "promoting":
        _advance(world.release)
    killed = world.parts[chosen]
    while killed.is_running and killed.state != "RollBack":
        is_due = killed.state == "JudgeCanary" and killed.task
        killed.advance(CallOutcome.KILLED_BEFORE if is_due else CallOutcome.ANSWERED)
    world.settle()
    check_settled(world)
    assert ("RollBack" in killed.path, world.served()) == (True, ["3", "3"])


@pytest.mark.parametrize("chosen", range(2))
def test_function_that_is_stopped_in_its_bake_returns_both(new_world, chosen):
    """P1: the guardian restores a function of an open release, although its alias serves the canary alone."""
    world = new_world()
    until_both_bakes_have_passed(world)
    world.parts[chosen].stop()
    world.start_guardian().finish()
    world.settle()
    check_settled(world)
    assert world.served() == ["1", "1"]
