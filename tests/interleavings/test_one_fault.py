"""A fault in one call of a rollout: the call is repeated, and the ending stays the same (P4)."""

import pytest

from tests.interleavings.actors import CallOutcome
from tests.interleavings.execution import Execution

CALLS = range(60)


@pytest.mark.parametrize(
    "outcome",
    [CallOutcome.THROTTLED, CallOutcome.RESPONSE_LOST, CallOutcome.KILLED_BEFORE, CallOutcome.KILLED_AFTER],
)
@pytest.mark.parametrize("evaluation", ["ends_step", "unhealthy"])
def test_fault_in_one_call_changes_no_ending(scenarios, outcome, evaluation):
    """P4: each call of a rollout in turn."""
    for number in CALLS:
        scenario = scenarios.new()
        scenario.evaluations["2"] = evaluation
        rollout = scenario.request("2")
        _play(rollout, number, outcome)
        expected = "promoted" if evaluation == "ends_step" else "rolled_back"
        assert rollout.document["ending"]["outcome"] == expected
        scenario.check_settled()


def _play(rollout: Execution, number: int, outcome: CallOutcome) -> None:
    """Run a rollout to its end; only the call with this number has the outcome."""
    calls = 0
    while rollout.is_running:
        is_call = rollout.task is not None
        rollout.advance(outcome if is_call and calls == number else CallOutcome.ANSWERED)
        calls += is_call
