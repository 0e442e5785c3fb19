"""Orders of events that once broke a promise, each reduced to its shortest form."""

import pytest

from tests.interleavings.actors import Actor, CallOutcome
from tests.interleavings.execution import Execution
from tests.interleavings.scenario import Scenario
from tests.interleavings.tag_promises import check_settled as check_tag_settled


@pytest.fixture
def scenario(scenarios) -> Scenario:
    return scenarios.new()


def reach(scenario: Scenario, execution: Execution, state: str, calls: int = 0) -> Actor:
    """Advance an execution into a state and its task by some calls; return the task, paused before its next call."""
    scenario.run(execution, until=lambda: execution.state == state and execution.task is not None)
    for _ in range(calls):
        execution.advance()
    return execution.task


def start_guardian(scenario: Scenario, calls: int) -> Actor:
    """Start a guardian and advance it by some calls."""
    guardian = scenario.start_guardian()
    for _ in range(calls):
        guardian.resume(CallOutcome.ANSWERED)
    return guardian


def test_undisturbed_rollout_promotes(scenario):
    rollout = scenario.request("2")
    scenario.run(rollout)
    assert rollout.status == "SUCCEEDED"
    scenario.check_settled()


def wait_until_replaced(scenario: Scenario) -> tuple[Execution, Execution]:
    """Let version 3 wait behind version 2 until another execution takes its place; return version 2's and the other."""
    first, second = scenario.request("2"), scenario.request("3")
    reach(scenario, first, "JudgeCanary")
    scenario.run(second, until=lambda: len(scenario.executions) > 2)
    return first, scenario.executions[2]


def test_successor_rolls_out_the_version_that_waited(scenario):
    """P7, P8."""
    first, successor = wait_until_replaced(scenario)
    waiting = scenario.executions[1]
    scenario.run(waiting)
    assert (waiting.status, waiting.path[-1], successor.name) == ("SUCCEEDED", "NothingToDo", f"{waiting.name}-wait2")
    scenario.run(first)
    scenario.run(successor)
    assert scenario.lambda_.routing.unsplit_version == "3"
    scenario.check_settled()


def test_execution_killed_at_the_start_of_its_successor_begins_no_second_rollout(scenario):
    """P7: the lock is free when the killed try is repeated."""
    first, second = scenario.request("2"), scenario.request("3")
    reach(scenario, first, "JudgeCanary")
    scenario.run(second, until=lambda: second.path.count("WaitForTurn") > 2 and second.state == "PrepareRollout")
    while len(scenario.executions) == 2:
        second.advance(CallOutcome.ANSWERED)
    scenario.run(first)
    scenario.run(second)
    assert second.path[-1] == "NothingToDo"
    scenario.check_settled()


CALLS_TO_LOCK = 6
"""Calls of PrepareRollout up to and including the one that takes the lock."""
CALLS_TO_TAKE_OVER = 3
"""Calls of the guardian up to and including the one that takes over a lock."""
CALLS_TO_LOOK_UP = 6
"""Calls of the guardian's sweep of versions up to the start of a missed version."""


def test_stale_prepare_releases_no_lock_of_its_redriven_execution(scenario):
    """P1: the alias had moved since the lock was taken, by the rollout that holds the lock."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "PrepareRollout", CALLS_TO_LOCK)
    rollout.stop()
    rollout.redrive()
    reach(scenario, rollout, "JudgeCanary")
    stale_task.finish()
    rollout.stop()
    scenario.check_settled()


def test_stale_prepare_clears_no_planned_write_of_its_redriven_execution(scenario):
    """P1, P10: otherwise the guardian takes the alias for unwritten, and leaves it split."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "PrepareRollout", CALLS_TO_LOCK - 1)
    rollout.stop()
    rollout.redrive()
    reach(scenario, rollout, "JudgeCanary")
    stale_task.finish()
    rollout.stop()
    scenario.check_settled()


def test_stale_prepare_reopens_no_entry_that_the_guardian_closed(scenario):
    """Otherwise the entry stays open permanently."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "PrepareRollout", CALLS_TO_LOCK + 1)
    rollout.stop()
    scenario.start_guardian().finish()
    stale_task.finish()
    scenario.check_settled()


def test_alias_handed_over_by_policy_stays_handed_over(scenario):
    """P10: the guardian leaves the alias as it is, and a stale CloseRollout does not change the ledger's ending."""
    scenario.evaluations["2"] = "inconclusive"
    rollout = scenario.request("2", on_inconclusive="hand_over")
    reach(scenario, rollout, "JudgeCanary", 0)
    scenario.pass_an_hour()
    stale_task = reach(scenario, rollout, "CloseRollout")
    rollout.stop()
    scenario.start_guardian().finish()
    assert scenario.lambda_.routing.unsplit_version is None
    stale_task.finish()
    scenario.check_settled()


def test_stale_roll_back_changes_no_later_rollout_of_its_version(scenario):
    """P3: it read its lock and then the alias; in between, another rollout took both."""
    scenario.evaluations["2"] = "unhealthy"
    first = scenario.request("2")
    stale_task = reach(scenario, first, "RollBack", 1)
    first.stop()
    scenario.start_guardian().finish()
    scenario.evaluations["2"] = "ends_step"
    second = scenario.request("2")
    reach(scenario, second, "JudgeCanary")
    stale_task.finish()
    scenario.run(second)
    assert second.status == "SUCCEEDED"
    scenario.check_settled()


def test_late_guardian_releases_only_its_own_lock(scenario):
    """P1: two guardians, and two rollouts that were stopped."""
    first = scenario.request("2")
    reach(scenario, first, "JudgeCanary")
    first.stop()
    late = start_guardian(scenario, CALLS_TO_TAKE_OVER)
    scenario.start_guardian().finish()
    second = scenario.request("3")
    reach(scenario, second, "JudgeCanary")
    second.stop()
    killed = start_guardian(scenario, CALLS_TO_TAKE_OVER + 1)
    late.finish()
    killed.resume(CallOutcome.KILLED_BEFORE)
    scenario.check_settled()


def test_guardian_reads_an_outdated_lock_again(scenario):
    """P1: the rollout had written nothing when the guardian read its lock."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "ShiftTraffic")
    late = start_guardian(scenario, calls=1)
    reach(scenario, rollout, "JudgeCanary")
    rollout.stop()
    late.finish()
    scenario.check_settled()


@pytest.mark.parametrize("calls", range(8))
def test_two_guardians_write_no_alias_of_a_later_rollout(scenario, calls):
    """P3."""
    first = scenario.request("2")
    reach(scenario, first, "JudgeCanary")
    first.stop()
    late = start_guardian(scenario, calls)
    scenario.start_guardian().finish()
    second = scenario.request("2")
    reach(scenario, second, "JudgeCanary")
    late.finish()
    scenario.run(second)
    assert second.status == "SUCCEEDED"
    scenario.check_settled()


def test_late_sweep_repeats_no_rollout_that_was_rolled_back_meanwhile(scenario):
    """P7: the sweep starts an execution, which ends in NothingToDo."""
    late = scenario.start_guardian("versions")
    for _ in range(CALLS_TO_LOOK_UP):
        late.resume(CallOutcome.ANSWERED)
    scenario.evaluations["3"] = "unhealthy"
    scenario.run(scenario.request("3"))
    scenario.evaluations["3"] = "ends_step"
    late.finish()
    for started in scenario.executions[1:]:
        scenario.run(started)
        assert (started.status, started.path[-1]) == ("SUCCEEDED", "NothingToDo")
    assert scenario.lambda_.routing.unsplit_version == "1"
    scenario.check_settled()


def test_stale_restore_alias_writes_nothing_after_the_guardian(scenario):
    """P3: RestoreAlias checks no lock, and no write was planned, so only the changed revision prevents its write."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "ShiftTraffic")
    while rollout.state != "RestoreAlias" or rollout.task is None:
        rollout.advance(CallOutcome.THROTTLED)
    stale_task = rollout.task
    rollout.stop()
    scenario.start_guardian().finish()
    stale_task.finish()
    scenario.check_settled()


def test_alias_of_a_redriven_rollout_is_repaired_after_a_late_guardian(scenario):
    """P1: the guardian took over the lock of a rollout that ran again and moved the alias, so its write failed."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "JudgeCanary")
    rollout.stop()
    guardian = start_guardian(scenario, CALLS_TO_TAKE_OVER)
    rollout.redrive()
    scenario.run(rollout, until=lambda: rollout.path.count("ShiftTraffic") > 1 and rollout.state == "WaitForMetrics")
    guardian.finish()
    scenario.check_settled()


def test_late_event_of_an_older_version_joins_no_release_after_a_newer_one(tag_world):
    """The release of cart 3 has failed; the event of cart 2 arrives only then, and checkout publishes once more."""
    for function in ("cart", "cart", "checkout"):
        tag_world.publish(function)
    tag_world.evaluations["cart"] = "unhealthy"
    for _ in range(2):
        tag_world.deliver(1).finish()
    for _ in range(10):
        tag_world.advance()
    assert [each.state for each in tag_world.releases] == ["ReleaseRolledBack"]
    tag_world.start_guardian().finish()  # the group forgets the versions of the release
    tag_world.deliver(0).finish()
    tag_world.publish("checkout")
    tag_world.deliver(0).finish()
    tag_world.settle()
    check_tag_settled(tag_world)
    assert tag_world.recorded() == [{"cart": "3", "checkout": "2"}]
    assert tag_world.waiting() == {"checkout": "3"}
