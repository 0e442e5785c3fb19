"""The whole state of a scenario as JSON: what a deployment in the middle of rollouts finds."""

from datetime import datetime
from typing import Any

from rollout.state.hold import Freeze
from tests.interleavings.execution import Execution
from tests.interleavings.lambda_client import Routing
from tests.interleavings.scenario import Scenario

World = dict[str, Any]
_OF_EXECUTION = ("arn", "name", "request", "state", "status", "document", "path")
_OF_PROMISES = {"_last_writes": dict, "_first_writes": dict, "_repaired": set, "_unmarked": set}


def snapshot(scenario: Scenario) -> World:
    """Return the state of a scenario in which no task runs."""
    running = [*scenario.detached_actors(), *(each.task for each in scenario.executions if each.task)]
    assert not running, f"a task runs: {running[0].name}"
    return {
        "now": scenario.now.isoformat(),
        "evaluations": scenario.evaluations,
        "hook_answer": scenario.hook_answer,
        "freeze": scenario.freeze.model_dump(mode="json") if scenario.freeze else None,
        "alias": [[each.version, each.weights, each.writer] for each in scenario.lambda_.history],
        "stable_alias": scenario.lambda_.stable_alias,
        "entries": scenario.dynamodb.items(),
        "executions": [_of_execution(each) for each in scenario.executions],
        "promises": {name: _as_json(getattr(scenario.promises, name)) for name in _OF_PROMISES},
    }


def restore(scenario: Scenario, world: World) -> None:
    """Put a new scenario into a recorded state."""
    scenario.now = datetime.fromisoformat(world["now"])
    scenario.evaluations, scenario.hook_answer = dict(world["evaluations"]), world["hook_answer"]
    scenario.freeze = Freeze.model_validate(world["freeze"]) if world["freeze"] else None
    scenario.lambda_.history = [Routing(*each) for each in world["alias"]]
    scenario.lambda_.stable_alias = world["stable_alias"]
    scenario.dynamodb.replace(world["entries"])
    for recorded in world["executions"]:
        execution = scenario.start(recorded["request"], recorded["name"])
        execution.started_at = datetime.fromisoformat(recorded["started_at"])
        for name in _OF_EXECUTION:
            setattr(execution, name, recorded[name])
    for name, kind in _OF_PROMISES.items():
        setattr(scenario.promises, name, kind(world["promises"][name]))


def endings(scenario: Scenario) -> dict[str, Any]:
    """Return how each rollout of a settled scenario has ended, and what the alias serves."""
    entries = scenario.dynamodb.entries()
    ended = {each["entry"]: each["outcome"] for each in entries if each["entry"].startswith("rollout#")}
    states = {each.name: each.state if each.status != "ABORTED" else each.status for each in scenario.executions}
    routing = scenario.lambda_.routing
    return {"states": states, "outcomes": ended, "serves": [routing.version, routing.weights]}


def _of_execution(execution: Execution) -> World:
    return {name: getattr(execution, name) for name in _OF_EXECUTION} | {"started_at": execution.started_at.isoformat()}


def _as_json(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else value
