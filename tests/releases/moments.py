"""The moments in which a deployment may meet rollouts: each brings a new scenario to one of them."""

from collections.abc import Callable
from datetime import timedelta

from rollout.state.hold import Freeze
from tests.interleavings.actors import CallOutcome
from tests.interleavings.execution import Execution
from tests.interleavings.scenario import Scenario

Moment = Callable[[Scenario], object]
APPROVAL = {"steps": [{"percent": 10, "hold": "5m"}, {"approval": {"timeout": "1h"}}, {"percent": 50, "hold": "5m"}]}
PAUSE = {"steps": [{"percent": 10, "hold": "5m"}, {"pause": {}}, {"percent": 50, "hold": "5m"}]}
HOOK = [{"function": "smoke-test"}]


def hooks_at(point: str) -> dict[str, object]:
    """Return a policy with a hook at one point."""
    return {"hooks": {point: HOOK}}


def reach(scenario: Scenario, state: str, visit: int = 1, **policy: object) -> Execution:
    """Let a rollout of version 2 enter a state for the nth time."""
    execution = scenario.request("2", **policy)
    go_to(scenario, execution, state, visit)
    return execution


def go_to(scenario: Scenario, execution: Execution, state: str, visit: int = 1) -> None:
    """Let an execution enter a state for the nth time."""
    scenario.run(execution, lambda: execution.path.count(state) >= visit)
    assert execution.state == state, f"{execution.path}"


def at(state: str, visit: int = 1, **policy: object) -> Moment:
    """Return the moment in which a rollout enters a state for the nth time."""
    return lambda scenario: reach(scenario, state, visit, **policy)


def command(kind: str, visit: int = 1, **policy: object) -> Moment:
    """Return the moment in which the wait after a command begins."""

    def play(scenario: Scenario) -> None:
        scenario.evaluations["2"] = "inconclusive"
        execution = reach(scenario, "WaitForMetrics", visit, **policy)
        scenario.give(kind).finish()
        go_to(scenario, execution, "WaitForMetrics", visit + 1)

    return play


def rolling_back(state: str, **policy: object) -> Moment:
    """Return the moment in which an unhealthy canary's rollout enters a state."""

    def play(scenario: Scenario) -> None:
        scenario.evaluations["2"] = "unhealthy"
        reach(scenario, state, **policy)

    return play


def restoring(scenario: Scenario) -> None:
    """RollBack could not run, and RestoreAlias is about to."""
    scenario.evaluations["2"] = "unhealthy"
    execution = reach(scenario, "RollBack")
    scenario.run(execution, lambda: execution.state == "RestoreAlias", CallOutcome.THROTTLED)


def undecided_hook(point: str, state: str) -> Moment:
    """Return the moment in which a rollout waits to call a hook again."""

    def play(scenario: Scenario) -> None:
        scenario.hook_answer = "undecided"
        execution = reach(scenario, state, **hooks_at(point))
        go_to(scenario, execution, "WaitForMetrics", execution.path.count("WaitForMetrics") + 1)

    return play


def queued(scenario: Scenario) -> None:
    """A newer version waits for its turn."""
    scenario.evaluations["2"] = "inconclusive"
    reach(scenario, "WaitForMetrics")
    newer = scenario.request("3")
    go_to(scenario, newer, "WaitForTurn")


def superseded(scenario: Scenario) -> None:
    """A newer version has asked the live rollout to roll back."""
    scenario.evaluations["2"] = "inconclusive"
    reach(scenario, "WaitForMetrics")
    newer = scenario.request("3", on_newer_version="supersede")
    go_to(scenario, newer, "WaitForTurn")


def frozen_stack(scenario: Scenario) -> None:
    """A freeze of the stack holds the first step."""
    execution = reach(scenario, "WaitForMetrics")
    scenario.freeze = Freeze(reason="sale", until=scenario.now + timedelta(hours=2))
    go_to(scenario, execution, "WaitForMetrics", 2)


def stopped(state: str) -> Moment:
    """Return the moment in which an execution was stopped, and no guardian has run."""

    def play(scenario: Scenario) -> None:
        reach(scenario, state).stop()

    return play


def aborted(scenario: Scenario) -> None:
    """A person has aborted the rollout, and no guardian has run."""
    reach(scenario, "WaitForMetrics")
    scenario.give("abort").finish()


MOMENTS: dict[str, Moment] = {
    "requested": lambda scenario: scenario.request("2"),
    "prepared": at("ShiftTraffic"),
    "first_step": at("WaitForMetrics"),
    "first_evaluation": at("JudgeCanary"),
    "second_shift": at("ShiftTraffic", 2),
    "second_step": at("WaitForMetrics", 2),
    "promoting": at("PromoteVersion"),
    "bake": at("WaitForMetrics", 3),
    "evaluation_in_the_bake": at("JudgeCanary", 3),
    "closing_a_promotion": at("CloseRollout"),
    "at_once_in_the_bake": at("WaitForMetrics", 1, steps="AllAtOnce"),
    "approval": lambda scenario: reach(scenario, "WaitForMetrics", 2, **APPROVAL),
    "pause_of_the_policy": lambda scenario: reach(scenario, "WaitForMetrics", 2, **PAUSE),
    "paused": command("pause"),
    "frozen": command("freeze"),
    "frozen_stack": frozen_stack,
    "hooks_before_traffic": at("RunBeforeTrafficHooks", **hooks_at("before_traffic")),
    "hook_before_traffic_undecided": undecided_hook("before_traffic", "RunBeforeTrafficHooks"),
    "hooks_of_a_step": at("RunStepHooks", **hooks_at("each_step")),
    "hook_of_a_step_undecided": undecided_hook("each_step", "RunStepHooks"),
    "hooks_after_traffic": at("RunAfterTrafficHooks", **hooks_at("after_traffic")),
    "rolling_back": rolling_back("RollBack"),
    "restoring": restoring,
    "reading_logs": rolling_back("ReadCanaryLogs"),
    "closing_a_rollback": rolling_back("CloseRollout"),
    "rollback_hooks": rolling_back("RunRollbackHooks", **hooks_at("on_rollback")),
    "queued": queued,
    "superseded": superseded,
    "stopped_in_a_step": stopped("WaitForMetrics"),
    "stopped_before_a_shift": stopped("ShiftTraffic"),
    "aborted": aborted,
}
"""What a deployment may meet; a file of each release is named after each."""
