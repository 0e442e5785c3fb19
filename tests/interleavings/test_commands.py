"""A command at any point of a rollout: between any two calls of its tasks, and while the command itself is taken."""

import pytest

from rollout.aws.dynamodb.items import partition
from tests.interleavings.actors import CallOutcome
from tests.interleavings.scenario import Scenario
from tests.interleavings.test_regressions import reach
from tests.samples import TARGET

POINTS = range(46)
"""Atomic steps of a rollout that is promoted, up to its end."""


@pytest.fixture
def scenario(scenarios) -> Scenario:
    return scenarios.new()


def advance(scenario: Scenario, steps: int):
    """Return a rollout after so many atomic steps."""
    rollout = scenario.request("2")
    for _ in range(steps):
        if rollout.is_running:
            rollout.advance()
    return rollout


def is_deciding(rollout) -> bool:
    """Whether an evaluation is under way, which may have read the lock before a command is taken."""
    return rollout.state == "JudgeCanary" and rollout.task is not None


def outcome(scenario: Scenario) -> str:
    entries = [e for e in scenario.dynamodb.entries() if e["entry"].startswith("rollout#")]
    return entries[0]["outcome"] if entries else ""


@pytest.mark.parametrize("steps", POINTS)
def test_abort_unsplits_the_alias_without_another_step_of_the_rollout(scenario, steps):
    """P1, P10, P11: the guardian runs once, as the end of the execution starts it."""
    rollout = advance(scenario, steps)
    operator = scenario.give("abort")
    operator.finish()
    scenario.start_guardian().finish()
    if operator.result["answer"] == "taken":
        assert rollout.status == "ABORTED"
        assert scenario.lambda_.routing.unsplit_version == "1"
        assert outcome(scenario) in ("rolled_back", "rejected")
        reasons = [e["reason"] for e in scenario.dynamodb.entries() if e["entry"].startswith("rollout#")]
        assert "aborted by the command abort-0: by the test" in "".join(reasons)
    scenario.check_settled()


@pytest.mark.parametrize("calls", range(12))
def test_abort_that_dies_half_way_is_carried_out_by_its_repetition(scenario, calls):
    """P4: Step Functions runs the task again."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "JudgeCanary")
    operator = scenario.give("abort")
    for _ in range(calls):
        operator.resume(CallOutcome.ANSWERED)
    operator.resume(CallOutcome.KILLED_AFTER)
    scenario.operators.clear()  # so that the repetition has the same name
    again = scenario.give("abort")
    again.finish()
    assert again.result["answer"] == "taken"
    scenario.start_guardian().finish()
    assert outcome(scenario) == "rolled_back"
    scenario.check_settled()


@pytest.mark.parametrize("verdict", ["ends_step", "unhealthy"])
@pytest.mark.parametrize("steps", POINTS)
def test_frozen_alias_does_not_move_until_the_release(scenario, steps, verdict):
    """P1: a write that was decided before the freeze may still be made, but none is decided afterwards."""
    rollout = advance(scenario, steps)
    scenario.evaluations["2"] = verdict
    late = ("promoted",) if is_deciding(rollout) else ()
    operator = scenario.give("freeze")
    operator.finish()
    if operator.result["answer"] != "taken":
        scenario.check_settled()
        return
    scenario.run(rollout, until=lambda: rollout.state == "WaitForMetrics")
    frozen = scenario.lambda_.routing
    for _ in range(40):
        if rollout.is_running:
            rollout.advance()
    assert scenario.lambda_.routing == frozen or "RestoreAlias" in rollout.path
    rollout.stop()
    scenario.start_guardian().finish()
    assert scenario.lambda_.routing.served == frozen.served or "RestoreAlias" in rollout.path
    assert outcome(scenario) in ("handed_over", "rejected", *late)
    scenario.check_settled()


@pytest.mark.parametrize(
    "kinds", [("pause", "resume"), ("promote",), ("freeze", "release"), ("pause", "promote", "resume")]
)
@pytest.mark.parametrize("steps", POINTS)
def test_rollout_ends_promoted_after_commands_at_any_point(scenario, steps, kinds):
    rollout = advance(scenario, steps)
    for kind in kinds:
        scenario.give(kind).finish()
        for _ in range(9):
            if rollout.is_running:
                rollout.advance()
    scenario.run(rollout)
    assert (rollout.status, scenario.lambda_.routing.unsplit_version) == ("SUCCEEDED", "2")
    scenario.check_settled()


@pytest.mark.parametrize("steps", POINTS)
def test_paused_rollout_that_turns_bad_is_rolled_back(scenario, steps):
    """P1: also where the pause comes in the bake."""
    rollout = advance(scenario, steps)
    is_late = is_deciding(rollout)
    operator = scenario.give("pause")
    operator.finish()
    scenario.evaluations["2"] = "unhealthy"
    scenario.run(rollout)
    if operator.result["answer"] == "taken":
        assert rollout.path[-1] in ("RolloutRolledBack", *["RolloutSucceeded"] * is_late)
    scenario.check_settled()


@pytest.mark.parametrize("share", [1, 2])
@pytest.mark.parametrize("calls", range(14))
def test_late_task_of_a_frozen_rollout_that_was_stopped_writes_nothing(scenario, share, calls):
    """P3: the guardian has left the alias as it is and released the lock, but the task has checked it before."""
    rollout = scenario.request("2")
    scenario.run(rollout, until=lambda: rollout.path.count("ShiftTraffic") == share)
    for _ in range(calls):
        rollout.advance()
    scenario.give("freeze").finish()
    rollout.stop()
    scenario.start_guardian().finish()
    left = scenario.lambda_.routing.served
    for task in rollout.stale_tasks:
        task.finish()
    assert scenario.lambda_.routing.served == left
    scenario.check_settled()


def test_pause_is_kept_through_a_stop_and_a_redrive(scenario):
    """The lock keeps it, not the execution."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "JudgeCanary")
    scenario.give("pause").finish()
    rollout.stop()
    rollout.redrive()
    for _ in range(60):
        rollout.advance()
    assert rollout.is_running
    assert rollout.document["step"] == 1
    assert rollout.document["reason"].startswith("paused by the command pause-0 since ")
    scenario.check_settled()


def test_commands_leave_a_record_each(scenario):
    """P11."""
    rollout = scenario.request("2")
    reach(scenario, rollout, "JudgeCanary")
    for kind in ("pause", "resume", "freeze", "resume", "release", "promote"):
        scenario.give(kind).finish()
    scenario.run(rollout)
    commands = [e for e in scenario.dynamodb.entries() if e["entry"].startswith("command#")]
    assert {e["target"] for e in commands} == {partition(TARGET)}
    assert sorted(e["command"] for e in commands) == ["freeze", "pause", "promote", "release", "resume"]
    scenario.check_settled()


def test_rollout_paused_after_a_redrive_is_resumed_once_its_own_evaluation_replaces_a_late_decision(scenario):
    """P11: the late task of the stopped execution decides on an ending, so the first resume is refused."""
    rollout = scenario.request("2")
    for _ in range(22):
        rollout.advance()
    pause = scenario.give("pause")
    rollout.stop()
    rollout.redrive()
    pause.finish()
    scenario.evaluations["2"] = "unhealthy"
    (late,) = rollout.stale_tasks
    for _ in range(2):
        late.resume(CallOutcome.ANSWERED)
    scenario.check_settled()
    assert rollout.status == "SUCCEEDED"
