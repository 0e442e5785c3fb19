"""The command state machine: every path of its definition, and the shipped handlers beside a live rollout."""

import json
from typing import Any, NamedTuple

import pytest

from rollout.aws.dynamodb.locks import locks
from rollout.domain.identity import Target
from rollout.state.lock import lock_of
from tests.samples import rollout
from tests.statemachine.conftest import Tasks
from tests.statemachine.machine import ACCOUNT, COMMAND_ASL, REGION, EndedExecution, Machine, definition
from tests.statemachine.path_case import BROKEN, FAILS
from tests.statemachine.test_paths import scripted, transitions, transitions_along

AGAIN = "The command may have been taken. Give it again: a rollout refuses what it has done already"
COMMAND = {"function": "shop", "command": "pause", "why": "the database is slow"}
REFUSED = {"answer": "refused", "Error": "NoLiveRolloutError", "Cause": "shop:live has no live rollout"}


class Case(NamedTuple):
    """What TakeCommand answers, or how it fails, and what follows."""

    answer: Any
    path: str
    status: str
    error: str | None = None
    cause: str | None = None
    start_at: str = "TakeCommand"
    examination: Any = None
    """What ExamineStack answers, or how it fails."""


CASES = {
    "taken": Case(
        {"answer": "taken", "reason": "paused"}, "TakeCommand > ChooseAnswer:taken > CommandTaken", "SUCCEEDED"
    ),
    "refused": Case(
        REFUSED,
        "TakeCommand > ChooseAnswer:otherwise > CommandRefused",
        "FAILED",
        "NoLiveRolloutError",
        "shop:live has no live rollout",
    ),
    "doctor": Case(
        {"answer": "examine"}, "TakeCommand > ChooseAnswer:examine > ExamineStack > CommandTaken", "SUCCEEDED"
    ),
    "doctor cannot run": Case(
        {"answer": "examine"},
        "TakeCommand > ChooseAnswer:examine > ExamineStack! > NameExaminationFailure > CommandFailed",
        "FAILED",
        "CommandFailed",
        "ExamineStack failed with BrokenError, and nothing was changed.",
        examination=FAILS,
    ),
    "broken": Case(
        FAILS,
        'TakeCommand! > ReadCommandFailure:{*"errorMessage":*} > ParseCommandFailure > FormatCommandFailure >'
        " CommandFailed",
        "FAILED",
        "CommandFailed",
        f"TakeCommand failed with BrokenError: {BROKEN}. {AGAIN}",
    ),
    "timeout": Case(
        {"Error": "States.Timeout"},
        "ReadCommandFailure:missing > NameCommandFailure > CommandFailed",
        "FAILED",
        "CommandFailed",
        "TakeCommand failed with States.Timeout, and the command may have been taken. Give it again: a rollout refuses"
        " what it has done already",
        "ReadCommandFailure",
    ),
    "text": Case(
        {"Error": "Lambda.Unknown", "Cause": "The process died"},
        "ReadCommandFailure:otherwise > NameCommandFailure > CommandFailed",
        "FAILED",
        "CommandFailed",
        "TakeCommand failed with Lambda.Unknown",
        "ReadCommandFailure",
    ),
}


def run(case: Case, tasks: Tasks) -> EndedExecution:
    if case.start_at != "TakeCommand":
        return Machine(case.start_at, COMMAND_ASL).run(case.answer)
    tasks["take_command"] = scripted((case.answer,))
    tasks["examine_stack"] = scripted((case.examination or {"answer": "taken", "findings": []},))
    return Machine("TakeCommand", COMMAND_ASL).run(COMMAND)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_command_takes_the_expected_path_and_ending(case, aws, tasks):
    """P10."""
    ended = run(case, tasks)
    assert (ended.path, ended.status, ended.error) == (case.path, case.status, case.error)
    assert (ended.cause or "").startswith(case.cause or "")
    assert "stackTrace" not in (ended.cause or "")


def test_cases_cover_every_transition():
    covered = {transition for case in CASES.values() for transition in transitions_along(case.path)}
    assert covered == transitions(COMMAND_ASL)


def test_cases_cover_every_ending():
    states = definition(COMMAND_ASL)["States"]
    endings = {name for name, state in states.items() if state["Type"] in ("Succeed", "Fail")}
    assert {case.path.split(" > ")[-1] for case in CASES.values()} == endings


@pytest.mark.parametrize("odd", [[], "pause", 5, None, {}], ids=json.dumps)
def test_any_input_reaches_the_function(odd, aws, tasks):
    asked: list[Any] = []
    tasks["take_command"] = lambda document: asked.append(document) or REFUSED
    assert Machine("TakeCommand", COMMAND_ASL).run(odd).error == "NoLiveRolloutError"
    assert asked[0]["request"] == odd
    assert set(asked[0]["execution"]) == {"arn", "name", "started_at"}


@pytest.mark.usefixtures("orchestrator", "shop")
@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (COMMAND, "NoLiveRolloutError"),
        (COMMAND | {"why": ""}, "InvalidCommandError"),
        (COMMAND | {"function": "unknown"}, "UnknownFunctionError"),
    ],
)
def test_shipped_function_refuses_by_a_named_error(request_, error):
    """P6."""
    ended = Machine("TakeCommand", COMMAND_ASL).run(request_)
    assert (ended.path.rpartition(" > ")[2], ended.error) == ("CommandRefused", error)


@pytest.mark.usefixtures("orchestrator", "shop")
def test_shipped_function_takes_a_command_and_tells_the_history():
    """P11."""
    target = Target(account=ACCOUNT, region=REGION, function="shop", alias="live")
    held = lock_of(rollout(target=target))
    locks().acquire(held)
    ended = Machine("TakeCommand", COMMAND_ASL).run(COMMAND)
    assert (ended.path, ended.status) == (CASES["taken"].path, "SUCCEEDED")
    assert ended.output["reason"].startswith("shop:live is paused: version 4 gets no share, unless")
    (command,) = (locks().find(target) or held).commands
    assert (command.command, command.why) == ("pause", "the database is slow")
    history = Machine("TakeCommand", COMMAND_ASL).run({"function": "shop", "command": "history"})
    assert (history.status, history.output["rollouts"]) == ("SUCCEEDED", [])
