"""Orders of events around redriven executions and repeated writes that once broke a promise, in their shortest form."""

import pytest

from tests.interleavings.actors import CallOutcome
from tests.interleavings.execution import Execution
from tests.interleavings.scenario import Scenario
from tests.interleavings.test_regressions import CALLS_TO_LOCK, reach, start_guardian

CALLS_TO_ANNOUNCE = 2
"""Calls of ShiftTraffic up to its write: it announces the write, and finds the rollout not closed in the ledger."""


@pytest.fixture
def scenario(scenarios) -> Scenario:
    return scenarios.new()


def stop_and_redrive(scenario: Scenario, execution: Execution, state: str) -> None:
    """Stop an execution, run it again, and advance it into a state; the task that it was in becomes stale."""
    execution.stop()
    execution.redrive()
    reach(scenario, execution, state)


@pytest.mark.parametrize("calls", range(CALLS_TO_ANNOUNCE + 1))
def test_stale_shift_splits_no_alias_that_another_writer_has_restored(scenario, calls):
    """P2: the redriven execution made the same write, and another writer restored the alias."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "ShiftTraffic", calls)
    stop_and_redrive(scenario, rollout, "JudgeCanary")
    scenario.edit_alias("1")
    stale_task.finish()
    assert scenario.lambda_.routing.unsplit_version == "1"
    scenario.check_settled()


def test_shift_repeated_after_a_lost_answer_splits_no_alias_that_another_writer_has_restored(scenario):
    """P2: the first write was made, and the alias has the state in which that write found it."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "ShiftTraffic", CALLS_TO_ANNOUNCE)
    rollout.advance(CallOutcome.RESPONSE_LOST)
    assert scenario.lambda_.routing.weights
    scenario.edit_alias("1")
    scenario.run(rollout)
    assert [each.weights for each in scenario.lambda_.history] == [{}, {"2": 0.1}, {}, {}]
    assert (rollout.path[-1], rollout.document["failure"]["Error"]) == ("RolloutRolledBack", "AliasChangedError")
    scenario.check_settled()


def test_shift_after_a_changed_description_is_written_once_more(scenario):
    """The rollout has not written before, so no other writer has undone a write of it."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "ShiftTraffic", CALLS_TO_ANNOUNCE)
    scenario.edit_alias("1")
    scenario.run(rollout)
    assert rollout.status == "SUCCEEDED"
    scenario.check_settled()


def test_stale_shift_does_not_hide_the_promotion_of_its_redriven_execution(scenario):
    """P10: otherwise the guardian takes the promoted alias for one that another writer moved."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "ShiftTraffic")
    stop_and_redrive(scenario, rollout, "PromoteVersion")
    reach(scenario, rollout, "JudgeCanary")
    stale_task.finish()
    rollout.stop()
    scenario.start_guardian().finish()
    (entry,) = [each for each in scenario.dynamodb.entries() if each["entry"].startswith("rollout#")]
    assert entry["outcome"] == "promoted"
    scenario.check_settled()


def roll_out_another(scenario: Scenario, version: str) -> None:
    """Let another rollout promote a version."""
    other = scenario.request(version)
    scenario.run(other)
    assert other.status == "SUCCEEDED"


@pytest.mark.parametrize("state", ["ShiftTraffic", "PromoteVersion"])
def test_redriven_rollout_ends_as_the_guardian_recorded(scenario, state):
    """P10: the guardian restored the alias, and then another rollout moved it."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "JudgeCanary")
    reach(scenario, rollout, state)
    rollout.stop()
    scenario.start_guardian().finish()
    roll_out_another(scenario, "2")
    rollout.redrive()
    scenario.run(rollout)
    assert rollout.path[-1] == "RolloutRolledBack"
    assert rollout.document["ending"]["Cause"].endswith("was stopped, and the guardian repaired the alias")
    scenario.check_settled()


def test_redriven_restore_alias_ends_as_the_guardian_recorded(scenario):
    """P10: it checks no lock, and a later rollout has changed the revision that it names."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "JudgeCanary")
    while rollout.state != "RestoreAlias":
        rollout.advance(CallOutcome.THROTTLED)
    rollout.stop()
    scenario.start_guardian().finish()
    roll_out_another(scenario, "2")
    rollout.redrive()
    scenario.run(rollout)
    assert rollout.path[-1] == "RolloutRolledBack"
    scenario.check_settled()


def test_redriven_rollout_that_the_guardian_closed_before_its_first_write_is_rejected(scenario):
    """P10: it once ended in RollbackFailed, which notifies a person, although nothing was written."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "ShiftTraffic")
    rollout.stop()
    scenario.start_guardian().finish()
    rollout.redrive()
    scenario.run(rollout)
    assert rollout.path[-1] == "RolloutRejected"
    assert rollout.document["Cause"] == "execution by-hand-0 was stopped before it wrote to my-api:live"
    scenario.check_settled()


def test_shift_whose_alias_the_guardian_repaired_meanwhile_names_the_lost_lock(scenario):
    """P10: no other writer moved the alias."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "JudgeCanary")
    reach(scenario, rollout, "ShiftTraffic", CALLS_TO_ANNOUNCE)
    rollout.stop()
    scenario.start_guardian().finish()
    (stale_task,) = rollout.stale_tasks
    stale_task.finish()
    assert type(stale_task.error).__name__ == "LockLostError"
    scenario.check_settled()


@pytest.mark.parametrize("calls", range(4))
def test_evaluation_whose_alias_a_later_rollout_moved_reports_no_other_writer(scenario, calls):
    """P10: a guardian that saw the execution stopped takes over while its redriven evaluation reads lock and alias."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "JudgeCanary")
    rollout.stop()
    guardian = start_guardian(scenario, calls=2)
    rollout.redrive()
    reach(scenario, rollout, "JudgeCanary", calls)
    guardian.finish()
    roll_out_another(scenario, "2")
    scenario.run(rollout)
    scenario.check_settled()


@pytest.mark.parametrize(("version", "weights"), [("2", {}), ("1", {"2": 0.3})])
def test_rollback_that_another_writer_undid_is_no_failed_rollback(scenario, version, weights):
    """P10: RollbackFailed notifies a person, but the rollback was made, and then another writer moved the alias."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "PromoteVersion")
    scenario.edit_alias("1", **{"2": 0.3})
    reach(scenario, rollout, "CloseRollout")
    scenario.edit_alias(version, **weights)
    scenario.run(rollout)
    assert rollout.path[-1] == "RolloutHandedOver"
    assert scenario.lambda_.routing.writer == "another writer"
    scenario.check_settled()


@pytest.mark.parametrize("state", ["CloseRollout", "RolloutRolledBack"])
def test_stale_shift_writes_nothing_after_a_rollback_to_an_alias_that_was_not_split(scenario, state):
    """P1, P3: the rollback had nothing to restore, so the alias had the revision that the stale task names."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "ShiftTraffic", CALLS_TO_ANNOUNCE)
    stop_and_redrive(scenario, rollout, "ShiftTraffic")
    while rollout.state != "RollBack":
        rollout.advance(CallOutcome.THROTTLED)
    scenario.run(rollout, until=lambda: rollout.state == state)
    stale_task.finish()
    assert scenario.lambda_.routing.unsplit_version == "1"
    scenario.check_settled()


CALLS_TO_SECOND_WRITE = 4
"""Calls of ShiftTraffic up to the repetition of a refused write."""


@pytest.mark.parametrize("calls", range(1, CALLS_TO_SECOND_WRITE + 1))
@pytest.mark.parametrize("failing", ["ShiftTraffic", "RollBack"])
def test_stale_second_write_fails_after_a_rollback(scenario, calls, failing):
    """P1, P3: the description was changed, and the rollback of the redriven execution ends before the stale task."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "ShiftTraffic", CALLS_TO_ANNOUNCE)
    scenario.edit_alias("1")
    for _ in range(calls - 1):
        stale_task.resume(CallOutcome.ANSWERED)
    stop_and_redrive(scenario, rollout, "ShiftTraffic")
    while rollout.state in ("ShiftTraffic", failing):
        rollout.advance(CallOutcome.THROTTLED)
    scenario.run(rollout)
    stale_task.finish()
    scenario.check_settled()


@pytest.mark.parametrize("calls", range(CALLS_TO_SECOND_WRITE))
def test_stale_second_write_fails_after_restore_alias(scenario, calls):
    """P1, P3: RestoreAlias checks no lock, so a stale task may still hold it."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "ShiftTraffic", CALLS_TO_ANNOUNCE)
    stop_and_redrive(scenario, rollout, "ShiftTraffic")
    while rollout.state != "RestoreAlias":
        rollout.advance(CallOutcome.THROTTLED)
    reach(scenario, rollout, "CloseRollout")
    for _ in range(calls):
        stale_task.resume(CallOutcome.ANSWERED)
    scenario.run(rollout)
    stale_task.finish()
    scenario.check_settled()


@pytest.mark.parametrize("calls", range(CALLS_TO_LOCK + 4))
def test_stale_prepare_keeps_no_other_stable_than_its_redriven_execution(scenario, calls):
    """P1: another writer moved the alias in between, so that each task found another stable version."""
    scenario.edit_alias("2")
    rollout = scenario.request("3")
    stale_task = reach(scenario, rollout, "PrepareRollout", calls)
    rollout.stop()
    scenario.edit_alias("1")
    rollout.redrive()
    scenario.run(rollout, until=lambda: rollout.state == "ShiftTraffic")
    stale_task.finish()
    scenario.run(rollout)
    assert rollout.path[-1] in ("RolloutSucceeded", "RolloutRejected")
    scenario.check_settled()


@pytest.mark.parametrize("calls", range(CALLS_TO_LOCK, CALLS_TO_LOCK + 5))
def test_stale_prepare_deletes_no_stable_alias_of_the_next_rollout(scenario, calls):
    """P1: it took the alias for one that an earlier rollout had left behind."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "PrepareRollout", calls)
    rollout.stop()
    scenario.start_guardian().finish()
    following = scenario.request("3")
    reach(scenario, following, "ShiftTraffic")
    stale_task.finish()
    scenario.run(following)
    assert following.status == "SUCCEEDED"
    scenario.check_settled()


def test_stale_restore_alias_with_a_later_revision_writes_nothing_after_the_guardian(scenario):
    """P3: PrepareRollout had read the alias again after it took the lock, which names the earlier revision."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "PrepareRollout", CALLS_TO_LOCK)
    rollout.stop()
    scenario.edit_alias("1")
    rollout.redrive()
    reach(scenario, rollout, "ShiftTraffic")
    while rollout.state != "RestoreAlias" or rollout.task is None:
        rollout.advance(CallOutcome.THROTTLED)
    stale_task = rollout.task
    rollout.stop()
    scenario.start_guardian().finish()
    stale_task.finish()
    scenario.check_settled()


@pytest.mark.parametrize("calls", range(CALLS_TO_LOCK))
@pytest.mark.parametrize("state", ["ShiftTraffic", "RollBack"])
def test_rollout_that_the_guardian_closed_writes_nothing_under_the_lock_of_a_stale_prepare(scenario, state, calls):
    """P10: the stale task took the lock again after the guardian had released it."""
    rollout = scenario.request("2")
    stale_task = reach(scenario, rollout, "PrepareRollout", calls)
    stop_and_redrive(scenario, rollout, "ShiftTraffic")
    while rollout.state != state:
        rollout.advance(CallOutcome.THROTTLED)
    rollout.stop()
    scenario.start_guardian().finish()
    stale_task.finish()
    written = len(scenario.lambda_.history)
    rollout.redrive()
    scenario.run(rollout)
    assert (rollout.path[-1], len(scenario.lambda_.history)) == ("RolloutRejected", written)
    scenario.check_settled()
