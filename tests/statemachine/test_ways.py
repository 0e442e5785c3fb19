"""Every state and every arrow of the shipped file is taken, and every ending reads as it should."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import boto3
import pytest

from tests.statemachine.conftest import Task, Tasks
from tests.statemachine.machine import Machine, definition, rule_name
from tests.statemachine.stories import ACCEPTED, BROKEN, STORIES, Story, dead

TASKS = ("prepare_rollout", "shift_traffic", "judge_canary", "promote_version", "roll_back", "close_rollout")


class BrokenError(Exception):
    """When a function cannot even be loaded."""


def scripted(answers: tuple[Any, ...]) -> Task:
    """A task that gives one answer a visit; without any, it passes its document on."""
    left = iter(answers)

    def task(document: Any) -> Any:
        answer = dead if dead in answers else next(left, document)
        if answer is dead:
            raise BrokenError(json.loads(BROKEN)["errorMessage"])
        return answer(document) if callable(answer) else answer

    return task


def arrows() -> set[tuple[str, str]]:
    """Every arrow of the file, as the step it leaves from and the state it leads to."""
    return {arrow for name, state in definition()["States"].items() for arrow in _arrows_of(name, state)}


def _arrows_of(name: str, state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "Next" in state:
        yield name, state["Next"]
    if "Default" in state:
        yield f"{name}:otherwise", state["Default"]
    for catch in state.get("Catch", []):
        yield f"{name}!", catch["Next"]
    for rule in state.get("Choices", []):
        yield f"{name}:{rule_name(rule)}", rule["Next"]


def taken(way: str) -> Iterator[tuple[str, str]]:
    for step, after in pairwise(way.split(" > ")):
        yield step, after.rstrip("!").split(":")[0]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_an_execution_goes_and_ends_as_told(story: Story, machine: Machine, tasks: Tasks, request):
    if story.has_alias:
        request.getfixturevalue("shop")
    tasks |= {task: scripted(story.answers(task)) for task in TASKS}
    ended = machine.run({"function": "shop"})
    assert (ended.way, ended.status, ended.error) == (story.way, story.status, story.error)
    assert (ended.cause or "").startswith(story.cause or "")


def test_the_stories_leave_no_arrow_untaken():
    assert {arrow for story in STORIES for arrow in taken(story.way)} == arrows()


def test_the_stories_end_in_every_ending():
    endings = {name for name, state in definition()["States"].items() if state["Type"] in ("Succeed", "Fail")}
    assert {story.way.split(" > ")[-1] for story in STORIES} == endings


@pytest.mark.parametrize("odd", [[], ["shop"], "shop", 5, True, None, {}], ids=json.dumps)
def test_any_input_is_rejected_by_name_even_when_preparing_fails(odd: object, machine: Machine, tasks: Tasks):
    tasks["prepare_rollout"] = scripted((dead,))
    ended = machine.run(odd)
    assert (ended.way, ended.error) == ("PrepareRollout! > RolloutRejected", "BrokenError")


@pytest.mark.parametrize("task", TASKS[:4])
def test_a_transient_error_is_tried_again(task: str, machine: Machine, tasks: Tasks):
    story = next(story for story in STORIES if story.name == "a version goes all the way")
    tasks |= {name: scripted(story.answers(name)) for name in TASKS}
    willing, throttled = tasks[task], iter([type("AwsUnavailableError", (Exception,), {})])

    def task_at_last(document: Any) -> Any:
        for error in throttled:
            raise error("CloudWatch throttled us")
        return willing(document)

    tasks[task] = task_at_last
    assert machine.run({"function": "shop"}).way == story.way


def test_restoring_leaves_the_alias_at_stable_alone(machine: Machine, tasks: Tasks, shop):
    client = boto3.client("lambda")
    shares = {"AdditionalVersionWeights": {"2": 0.1}}
    client.update_alias(FunctionName="shop", Name="live", FunctionVersion="1", RoutingConfig=shares)
    tasks |= {task: scripted((dead,)) for task in TASKS} | {"prepare_rollout": scripted((ACCEPTED,))}
    machine.run({"function": "shop"})
    alias = client.get_alias(FunctionName="shop", Name="live")
    assert (alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})) == ("1", {})


def test_an_alias_in_another_hand_is_refused_once_and_not_tried_again(machine: Machine, tasks: Tasks):
    """Without the alias AWS answers ResourceNotFoundException, as definite as the refusal of a stale revision."""
    tasks |= {task: scripted((dead,)) for task in TASKS} | {"prepare_rollout": scripted((ACCEPTED,))}
    ended = machine.run({"function": "shop"})
    assert [event["type"] for event in ended.events].count("TaskFailed") == 1


def test_a_look_costs_nine_events(machine: Machine, tasks: Tasks):
    """An execution has 25,000 of them; the 2,500 looks a policy may plan leave room for shifts and retries."""
    story = next(story for story in STORIES if story.name == "a version goes all the way")
    evaluations = 7

    def events(more: int) -> int:
        tasks.update({name: scripted(story.answers(name)) for name in TASKS})
        wait, *others = story.judge_canary
        tasks["judge_canary"] = scripted((wait,) * more + (*others,))
        return len(machine.run({"function": "shop"}).events)

    assert events(1 + evaluations) - events(1) == 9 * evaluations
