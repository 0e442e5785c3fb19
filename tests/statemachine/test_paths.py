"""The cases cover every state and every transition of the shipped definition, with its status, error and cause."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.statemachine.conftest import TASKS, Task, Tasks
from tests.statemachine.machine import ASL, Machine, client, definition, rule_name
from tests.statemachine.path_case import ACCEPTED, BROKEN, FAILS, REJECT_FAILED, PathCase
from tests.statemachine.path_cases import PATH_CASES


class BrokenError(Exception):
    """When a function cannot be imported."""


def scripted(answers: tuple[Any, ...]) -> Task:
    """Return a task that gives one answer per visit; without further answers, it returns its input."""
    remaining = iter(answers)

    def task(document: Any) -> Any:
        answer = FAILS if FAILS in answers else next(remaining, document)
        if answer is FAILS:
            raise BrokenError(BROKEN)
        return answer(document) if callable(answer) else answer

    return task


def transitions(asl: Path = ASL) -> set[tuple[str, str]]:
    """Return every transition of a definition, as the step it leaves and the state it enters."""
    states = definition(asl)["States"]
    return {transition for name, state in states.items() for transition in _transitions_of(name, state)}


def _transitions_of(name: str, state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Next" in state:
        yield name, state["Next"]
    if "Default" in state:
        yield f"{name}:otherwise", state["Default"]
    for catch in state.get("Catch", []):
        yield f"{name}!", catch["Next"]
    for rule in state.get("Choices", []):
        yield f"{name}:{rule_name(rule)}", rule["Next"]


def transitions_along(path: str) -> Iterator[tuple[str, str]]:
    for step, after in pairwise(path.split(" > ")):
        yield step, after.rstrip("!").split(":")[0]


@pytest.mark.parametrize("case", PATH_CASES, ids=lambda case: case.name)
def test_execution_takes_the_expected_path_and_ending(case: PathCase, aws, tasks: Tasks, request):
    if case.has_alias:
        request.getfixturevalue("shop")
    tasks |= {task: scripted(case.answers(task)) for task in TASKS}
    ended = Machine(case.start_at).run(case.document)
    assert (ended.path, ended.status, ended.error) == (case.path, case.status, case.error)
    assert (ended.cause or "").startswith(case.cause or "")
    assert "stackTrace" not in (ended.cause or "")


def test_cases_cover_every_transition():
    assert {transition for case in PATH_CASES for transition in transitions_along(case.path)} == transitions()


def test_cases_cover_every_ending():
    endings = {name for name, state in definition()["States"].items() if state["Type"] in ("Succeed", "Fail")}
    assert {case.path.split(" > ")[-1] for case in PATH_CASES} == endings


@pytest.mark.parametrize("odd", [[], ["shop"], "shop", 5, True, None, {}], ids=json.dumps)
def test_odd_input_is_rejected_by_name_if_prepare_fails(odd: object, machine: Machine, tasks: Tasks):
    tasks["prepare_rollout"] = scripted((FAILS,))
    ended = machine.run(odd)
    assert (ended.path, ended.error) == (REJECT_FAILED, "BrokenError")


def test_prepare_gets_the_input_once(aws, tasks: Tasks):
    """P6: Step Functions ends an execution whose state gets more than 256 KB, by an error that no state can catch."""
    payloads: list[Any] = []
    tasks["prepare_rollout"] = lambda document: payloads.append(document) or ACCEPTED | {"start": "reject"}
    request = {"function": "shop", "policy": "x" * 200_000}
    ended = Machine(definition()["StartAt"]).run(request)
    assert ended.path.endswith("PrepareRollout > ChooseStart:otherwise > RolloutRejected")
    [payload] = payloads
    assert payload["request"] == request
    assert len(json.dumps(payload)) < len(json.dumps(request)) + 1_000


@pytest.mark.parametrize("task", TASKS[:4])
def test_transient_error_is_retried(task: str, machine: Machine, tasks: Tasks):
    case = next(case for case in PATH_CASES if case.name == "every step is healthy")
    tasks |= {name: scripted(case.answers(name)) for name in TASKS}
    succeed, throttled = tasks[task], iter([type("AwsUnavailableError", (Exception,), {})])

    def fail_once(document: Any) -> Any:
        for error in throttled:
            raise error("CloudWatch throttled the call")
        return succeed(document)

    tasks[task] = fail_once
    assert machine.run({"function": "shop"}).path == case.path


def test_restore_alias_points_the_alias_at_stable_alone(machine: Machine, tasks: Tasks, shop):
    functions = client("lambda")
    shares = {"AdditionalVersionWeights": {"2": 0.1}}
    functions.update_alias(FunctionName="shop", Name="live", FunctionVersion="1", RoutingConfig=shares)
    tasks |= {task: scripted((FAILS,)) for task in TASKS} | {"prepare_rollout": scripted((ACCEPTED,))}
    machine.run({"function": "shop"})
    alias = functions.get_alias(FunctionName="shop", Name="live")
    assert (alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})) == ("1", {})


def test_refused_restore_is_not_retried(machine: Machine, tasks: Tasks):
    """Without an alias, Lambda returns ResourceNotFoundException, as final as the refusal of an outdated revision."""
    tasks |= {task: scripted((FAILS,)) for task in TASKS} | {"prepare_rollout": scripted((ACCEPTED,))}
    ended = machine.run({"function": "shop"})
    assert [event["type"] for event in ended.events].count("TaskFailed") == 1


def test_evaluation_costs_nine_events(machine: Machine, tasks: Tasks):
    """An execution has 25,000 events; the limit of 2,500 evaluations leaves some for shifts and retries."""
    case = next(case for case in PATH_CASES if case.name == "every step is healthy")
    evaluations = 7

    def events(waits: int) -> int:
        tasks.update({name: scripted(case.answers(name)) for name in TASKS})
        wait, *others = case.judge_canary
        tasks["judge_canary"] = scripted((wait,) * waits + (*others,))
        return len(machine.run({"function": "shop"}).events)

    assert events(1 + evaluations) - events(1) == 9 * evaluations
