"""A rollout that is stopped at any call, or refused every call from any point on, leaves an unsplit alias (P1)."""

import pytest

from tests.interleavings.actors import CallOutcome
from tests.interleavings.execution import Execution

CALLS = range(42)
EVALUATIONS = pytest.mark.parametrize("evaluation", ["ends_step", "unhealthy"])


def reach(execution: Execution, calls: int) -> None:
    """Advance an execution by this many calls."""
    while execution.is_running and calls:
        calls -= execution.task is not None
        execution.advance()


@EVALUATIONS
@pytest.mark.parametrize("outcome", [None, CallOutcome.ANSWERED, CallOutcome.RESPONSE_LOST])
@pytest.mark.parametrize("is_guardian_first", [True, False])
def test_stopped_rollout_is_repaired(scenarios, evaluation, outcome, is_guardian_first):
    """P1, P3, P10: the stale task finishes after the guardian, or before it."""
    for calls in CALLS:
        scenario = scenarios.new()
        scenario.evaluations["2"] = evaluation
        rollout = scenario.request("2")
        reach(rollout, calls)
        if rollout.task and outcome:
            rollout.advance(outcome)
        rollout.stop()
        if is_guardian_first:
            scenario.start_guardian().finish()
        scenario.check_settled()
        assert scenario.lambda_.routing.unsplit_version


@EVALUATIONS
def test_alias_is_repaired_after_aws_refused_every_call(scenarios, evaluation):
    """P1, P10: the guardian repairs what neither RollBack nor RestoreAlias could."""
    for calls in CALLS:
        scenario = scenarios.new()
        scenario.evaluations["2"] = evaluation
        rollout = scenario.request("2")
        reach(rollout, calls)
        scenario.run(rollout, outcome=CallOutcome.THROTTLED)
        scenario.check_settled()
        assert scenario.lambda_.routing.unsplit_version


@EVALUATIONS
def test_alias_is_repaired_after_lambda_refused_every_write(scenarios, evaluation):
    """P1: the rollout is closed although its rollback failed, and the guardian still repairs its alias."""
    for calls in CALLS:
        scenario = scenarios.new()
        scenario.evaluations["2"] = evaluation
        rollout = scenario.request("2")
        reach(rollout, calls)
        scenario.lambda_.refuses_writes = True
        scenario.run(rollout)
        scenario.lambda_.refuses_writes = False
        scenario.check_settled()
        assert scenario.lambda_.routing.unsplit_version
