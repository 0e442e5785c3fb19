"""Approvals and pauses of a policy: an operator at any point, and a timeout at the same time."""

from datetime import timedelta

import pytest

from tests.interleavings.actors import CallOutcome
from tests.interleavings.execution import Execution
from tests.interleavings.scenario import POLICY, Scenario

FIRST, SECOND = POLICY["steps"]
POINTS = range(0, 60, 2)
"""Atomic steps of a rollout up to its second share, and some that wait; an odd one only enters the task before it."""
CALLS = range(12)
"""Calls of a task of the command state machine, and of an evaluation."""
LATE = "it was not approved within 1d"


@pytest.fixture
def scenario(scenarios) -> Scenario:
    return scenarios.new()


def begin(scenario: Scenario, gate: dict[str, object]) -> Execution:
    """Return a rollout whose policy has a gate after its first share."""
    return scenario.request("2", steps=[FIRST, gate, SECOND])


def approval(on_timeout: str = "roll_back") -> dict[str, object]:
    return {"approval": {"timeout": "1d", "on_timeout": on_timeout}}


def reach_gate(scenario: Scenario, rollout: Execution) -> None:
    scenario.run(rollout, until=lambda: "gate" in rollout.document and rollout.state == "WaitForMetrics")


def reason_of(scenario: Scenario) -> str:
    return " ".join(e["reason"] for e in scenario.dynamodb.entries() if e["entry"].startswith("rollout#"))


def outcome(scenario: Scenario) -> str:
    (entry,) = [e for e in scenario.dynamodb.entries() if e["entry"].startswith("rollout#")]
    return str(entry["outcome"])


@pytest.mark.parametrize(("gate", "kind"), [(approval(), "approve"), ({"pause": {}}, "resume")])
@pytest.mark.parametrize("steps", POINTS)
def test_gate_is_passed_by_its_command_and_by_nothing_else(scenario, steps, gate, kind):
    """P11: at any point the command is refused, or carried out; none is lost."""
    rollout = begin(scenario, gate)
    for _ in range(steps):
        rollout.advance()
    assert rollout.is_running
    assert rollout.document.get("step", 0) < 2
    operator = scenario.give(kind)
    operator.finish()
    if operator.result["answer"] == "refused":
        reach_gate(scenario, rollout)
        scenario.give(kind).finish()
    scenario.run(rollout)
    assert (rollout.status, scenario.lambda_.routing.unsplit_version) == ("SUCCEEDED", "2")
    taken = [e for e in scenario.dynamodb.entries() if e["entry"].startswith("command#")]
    assert [entry["command"] for entry in taken] == [kind]
    scenario.check_settled()


@pytest.mark.parametrize("gate", [approval(), approval("promote"), {"pause": {}}])
@pytest.mark.parametrize("kind", ["abort", "freeze", "promote", "pause"])
def test_other_commands_at_the_gate(scenario, gate, kind):
    """P1, P2: as in any other state."""
    rollout = begin(scenario, gate)
    reach_gate(scenario, rollout)
    operator = scenario.give(kind)
    operator.finish()
    assert operator.result["answer"] == ("refused" if kind == "pause" else "taken")
    scenario.check_settled()


@pytest.mark.parametrize("gate", [approval(), {"pause": {}}])
def test_bad_canary_at_the_gate_is_rolled_back(scenario, gate):
    """P1: the person still thinks."""
    rollout = begin(scenario, gate)
    reach_gate(scenario, rollout)
    scenario.evaluations["2"] = "unhealthy"
    scenario.run(rollout)
    assert (rollout.path[-1], scenario.lambda_.routing.unsplit_version) == ("RolloutRolledBack", "1")
    scenario.check_settled()


def check_one_has_won(scenario: Scenario, rollout: Execution, answer: str, on_timeout: str) -> None:
    """Check that either the approval or the timeout has decided, and that the reasons say which (P10)."""
    scenario.run(rollout)
    evaluations = [e["reason"] for e in scenario.dynamodb.entries() if e["entry"].startswith("evaluation#")]
    said_late = any(LATE in reason and "a command was taken during" not in reason for reason in evaluations)
    assert (answer == "taken") is not said_late
    expected = {"roll_back": "rolled_back", "hand_over": "handed_over", "promote": "promoted"}[on_timeout]
    assert outcome(scenario) == ("promoted" if answer == "taken" else expected)
    assert answer == "refused" or LATE not in reason_of(scenario)
    scenario.check_settled()


@pytest.mark.parametrize("on_timeout", ["roll_back", "hand_over", "promote"])
@pytest.mark.parametrize("calls", CALLS)
def test_approval_between_two_calls_of_the_evaluation_that_times_out(scenario, calls, on_timeout):
    rollout = begin(scenario, approval(on_timeout))
    reach_gate(scenario, rollout)
    scenario.now += timedelta(days=1)
    rollout.advance()
    for _ in range(calls):
        rollout.advance()
    operator = scenario.give("approve")
    operator.finish()
    check_one_has_won(scenario, rollout, operator.result["answer"], on_timeout)


@pytest.mark.parametrize("on_timeout", ["roll_back", "hand_over", "promote"])
@pytest.mark.parametrize("calls", CALLS)
def test_evaluation_that_times_out_between_two_calls_of_the_approval(scenario, calls, on_timeout):
    rollout = begin(scenario, approval(on_timeout))
    reach_gate(scenario, rollout)
    scenario.now += timedelta(days=1)
    operator = scenario.give("approve")
    for _ in range(calls):
        if not operator.has_ended:
            operator.resume(CallOutcome.ANSWERED)
    path = len(rollout.path)
    scenario.run(rollout, until=lambda: len(rollout.path) > path + 1)
    operator.finish()
    check_one_has_won(scenario, rollout, operator.result["answer"], on_timeout)


def test_gate_is_kept_through_a_stop_and_a_redrive(scenario):
    """P4: since when it waits stays in the lock, and the request has the same id."""
    rollout = begin(scenario, approval())
    reach_gate(scenario, rollout)
    since = rollout.document["gate"]["since"]
    rollout.stop()
    scenario.pass_an_hour()
    rollout.redrive()
    for _ in range(30):
        rollout.advance()
    assert (rollout.is_running, rollout.document["gate"]["since"]) == (True, since)
    scenario.check_settled()
