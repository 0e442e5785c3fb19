"""State, folder, logical id and resource share one name, and every Task of the shipped definition follows the rules."""

import json
import re
from collections.abc import Iterator
from itertools import accumulate, repeat
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_all
from cfnlint.decode.cfn_yaml import load

from rollout.domain import errors
from tests.statemachine.machine import ASL, COMMAND_ASL, RELEASE_ASL, all_states, definition, folder_name, substitute

ROOT = ASL.parents[1]
MACHINES = {"RolloutStateMachine": ASL, "CommandStateMachine": COMMAND_ASL, "ReleaseStateMachine": RELEASE_ASL}
STATES: dict[str, dict[str, Any]] = {
    name: state for asl in MACHINES.values() for name, state in definition(asl)["States"].items()
}
EVERY_STATE = {name: state for asl in MACHINES.values() for name, state in all_states(asl).items()}
"""Those inside the Map states too."""
EVERY_MAP = {name: state for name, state in STATES.items() if state["Type"] == "Map"}
MAPS = {name: state for name, state in EVERY_MAP.items() if name.endswith("Hooks")}
"""Those that call hooks."""
CALLS = {name: state for name, state in EVERY_STATE.items() if "TimeoutSecondsPath" in state}
"""The tasks that call hooks."""
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
FUNCTION_TASKS = {name: state for name, state in TASKS.items() if "aws-sdk" not in state["Resource"]}
THROTTLED, TRANSIENT = FUNCTION_TASKS["ShiftTraffic"]["Retry"]
TEN_MINUTES = 600

each_machine = pytest.mark.parametrize("machine", MACHINES)
each_map = pytest.mark.parametrize("name", MAPS)
each_task = pytest.mark.parametrize("name", TASKS)
each_function_task = pytest.mark.parametrize("name", FUNCTION_TASKS)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return load(str(ROOT / "template.yaml"))


def substitutions(template: dict[str, Any], machine: str) -> dict[str, Any]:
    return template["Resources"][machine]["Properties"]["DefinitionSubstitutions"]


def test_state_names_are_unique():
    """The runbook explains each of them once."""
    inner = [name for state in EVERY_MAP.values() for name in state["ItemProcessor"]["States"]]
    assert len(EVERY_STATE) == sum(len(definition(asl)["States"]) for asl in MACHINES.values()) + len(inner)


@each_machine
def test_definition_is_valid_states_language(machine: str):
    """Checked by cfn-lint, after the substitutions."""
    text = substitute(MACHINES[machine].read_text())
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/rollouts", "DefinitionString": text}
    resource = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    assert lint_all(json.dumps({"Resources": {"Machine": resource}})) == []


def test_every_arn_of_the_definition_has_the_partition_of_the_stack():
    """Step Functions refuses an ARN of another partition at run time, and no Catch sees it. cfn-lint knows only one."""
    roles = dict.fromkeys(["RestorerRole", "HooksRole"], "arn:aws-cn:iam::{}:role/{}")
    arns = roles | {"FunctionArn": "arn:aws-cn:lambda:{}:{}:function:{}"}
    arns |= {"RolloutStateMachineArn": "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:rollouts"}
    text = "".join(substitute(asl.read_text(), Partition="aws-cn", **arns) for asl in MACHINES.values())
    resources = [
        state["Resource"]
        for state in EVERY_STATE.values()
        if "FunctionArn}" not in state.get("Resource", "FunctionArn}")
    ]
    assert set(re.findall(r"arn:([^:]+):(?!lambda:eu-west-1)", text)) == {"aws-cn"}
    calls = ["arn:${Partition}:states:::lambda:invoke"] * len(CALLS)
    start = "arn:${Partition}:states:::states:startExecution"
    assert sorted(resources) == ["arn:${Partition}:states:::aws-sdk:lambda:updateAlias", *calls, start]


@each_machine
def test_template_defines_exactly_the_substitutions(template: dict[str, Any], machine: str):
    assert set(re.findall(r"\$\{(\w+)\}", MACHINES[machine].read_text())) == set(substitutions(template, machine))


@each_function_task
def test_task_has_the_name_of_its_function_and_folder(name: str, template: dict[str, Any]):
    function = template["Resources"][f"{name}Function"]
    assert STATES[name]["Resource"] == f"${{{name}FunctionArn}}"
    machine = next(machine for machine, asl in MACHINES.items() if name in definition(asl)["States"])
    assert substitutions(template, machine)[f"{name}FunctionArn"] == {"Fn::GetAtt": [f"{name}Function", "Arn"]}
    assert Path(function["Properties"]["CodeUri"]) == Path("functions", folder_name(name))
    assert (ROOT / "functions" / folder_name(name) / "app.py").is_file()


@each_machine
def test_state_machine_may_invoke_exactly_its_functions(template: dict[str, Any], machine: str):
    policies = template["Resources"][machine]["Properties"]["Policies"]
    names = [name for name in FUNCTION_TASKS if name in definition(MACHINES[machine])["States"]]
    statements = {statement["Sid"]: statement for policy in policies for statement in policy["Statement"]}
    assert statements["RunTheTasks"]["Resource"] == [{"Fn::GetAtt": [f"{name}Function", "Arn"]} for name in names]


def test_every_state_has_a_comment():
    assert [name for name, state in STATES.items() if not state.get("Comment")] == []


@each_task
def test_task_has_a_timeout_and_catches_every_error(name: str):
    """ReadCanaryLogs adds to the document, so its answer may be too large: it catches that by its name too."""
    too_large = [["States.DataLimitExceeded"]] if name == "ReadCanaryLogs" else []
    assert STATES[name]["TimeoutSeconds"] <= 90
    assert [catch["ErrorEquals"] for catch in STATES[name]["Catch"]] == [*too_large, ["States.ALL"]]


@each_map
def test_hooks_are_called_at_once_and_no_failure_of_theirs_fails_the_rollout(name: str):
    """States.ALL catches no States.DataLimitExceeded, so each catches it by its name too."""
    point = name.removeprefix("Run").removesuffix("Hooks")
    assert [*MAPS[name]["ItemProcessor"]["States"]] == [f"Call{point}Hook", f"Fail{point}Hook"]
    assert "MaxConcurrency" not in MAPS[name]
    for state in (MAPS[name], EVERY_STATE[f"Call{point}Hook"]):
        assert [catch["ErrorEquals"] for catch in state["Catch"]] == [["States.DataLimitExceeded"], ["States.ALL"]]
        assert "Retry" not in state


def test_rollouts_of_a_release_are_started_a_few_a_second_and_none_is_awaited():
    """A rollout waits for the others, so a map with fewer places than functions would wait for ever."""
    start = EVERY_MAP["StartRollouts"]["ItemProcessor"]["States"]["StartExecution"]
    assert not start["Resource"].endswith(".sync")
    assert "TimeoutSeconds" not in start
    assert [catch["ErrorEquals"] for catch in start["Catch"]] == [["States.ALL"]]
    assert EVERY_MAP["StartRollouts"]["MaxConcurrency"] <= 2
    assert EVERY_MAP["StartRollouts"]["ItemProcessor"]["States"]["SpaceStarts"]["Seconds"] >= 1


def test_map_of_a_release_may_run_and_stop_its_own_items_only(template: dict[str, Any]):
    """A Distributed Map runs each item as an execution of the state machine that has it, which needs its own role."""
    machine = template["Resources"]["ReleaseStateMachine"]["Properties"]
    statements = {each["Sid"]: each for policy in machine["Policies"] for each in policy["Statement"]}
    name = machine["Name"]["Fn::Sub"]
    assert statements["RunTheItemsOfTheMap"]["Resource"]["Fn::Sub"].endswith(f":stateMachine:{name}")
    assert statements["ReadAndStopTheItemsOfTheMap"]["Resource"]["Fn::Sub"].endswith(f":execution:{name}/*")
    assert statements["StartRolloutsOfReleases"]["Resource"] == {"Ref": "RolloutStateMachine"}


def test_hooks_are_called_alike_at_every_point():
    first, *others = CALLS.values()
    assert len(CALLS) == len(MAPS)
    for call in others:
        assert {**call, "Catch": None} == {**first, "Catch": None}


@each_task
def test_task_retries_transient_errors_with_jitter(name: str):
    """RollBack and RestoreAlias retry every error; ReadCanaryLogs holds the lock, and is only retried if throttled."""
    last = STATES[name]["Retry"][-1]
    assert last["JitterStrategy"] == "FULL"
    if name in ("RollBack", "RestoreAlias"):
        assert last["ErrorEquals"] == ["States.ALL"]
    elif name == "ReadCanaryLogs":
        assert last["ErrorEquals"] == THROTTLED["ErrorEquals"]
    else:
        assert last == TRANSIENT


@each_function_task
def test_task_throttled_by_lambda_is_retried_for_minutes(name: str):
    """Two hundred concurrent rollouts may be late but not wrong.

    RollBack is exempt, because RestoreAlias needs no function. So is ReadCanaryLogs: the rollout ends without it.
    """
    assert THROTTLED["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
    assert THROTTLED in STATES[name]["Retry"] or name in ("RollBack", "ReadCanaryLogs")
    assert THROTTLED["MaxAttempts"] * THROTTLED["MaxDelaySeconds"] <= TEN_MINUTES


@each_task
def test_no_retrier_hides_a_later_one(name: str):
    """The first matching retrier applies, so each error is named once, and States.ALL comes last."""
    names = [error for retry in STATES[name]["Retry"] for error in retry["ErrorEquals"]]
    assert len(names) == len(set(names))
    assert "States.ALL" not in names[:-1]


def named_errors() -> Iterator[str]:
    for task in TASKS.values():
        for rule in [*task["Retry"], *task["Catch"]]:
            yield from rule["ErrorEquals"]


def test_every_named_error_exists():
    assert [name for name in named_errors() if "." not in name and not hasattr(errors, name)] == []


def test_every_error_that_documents_a_retry_is_retried():
    classes = {name: error for name, error in vars(errors).items() if isinstance(error, type)}
    documented = {name for name, error in classes.items() if "The state machine retries" in error.__doc__}
    assert documented == {name for name in named_errors() if "." not in name}


def test_slowest_rollback_takes_at_most_ten_minutes():
    """P1: every attempt of RollBack and then of RestoreAlias times out, and every pause is as long as possible."""
    assert sum(_slowest(STATES[name]) for name in ("RollBack", "RestoreAlias")) <= TEN_MINUTES


def test_throttled_restore_of_the_alias_is_tried_longer_than_another_failure_and_within_ten_minutes():
    """P1: a refused call answers at once, so it leaves more time for further attempts than one that times out."""
    throttled, other = STATES["RestoreAlias"]["Retry"][-2:]
    assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
    assert throttled["MaxAttempts"] > other["MaxAttempts"]
    assert _slowest(STATES["RollBack"]) + _longest_pauses(throttled) <= TEN_MINUTES


def test_reading_the_log_holds_the_lock_for_less_than_a_minute():
    """Its function is ended by its own timeout, before that of the state, and neither is retried."""
    task = STATES["ReadCanaryLogs"]
    assert [retry["ErrorEquals"] for retry in task["Retry"]] == [THROTTLED["ErrorEquals"]]
    assert _slowest(task) - task["Retry"][0]["MaxAttempts"] * task["TimeoutSeconds"] <= 40


def test_no_answer_or_failure_of_reading_the_log_changes_where_the_rollout_goes():
    task = STATES["ReadCanaryLogs"]
    assert {task["Next"], *(catch["Next"] for catch in task["Catch"])} == {"CloseRollout"}


def _slowest(task: dict[str, Any]) -> float:
    retry = task["Retry"][-1]
    attempts: int = 1 + retry["MaxAttempts"]
    return task["TimeoutSeconds"] * attempts + _longest_pauses(retry)


def _longest_pauses(retry: dict[str, Any]) -> float:
    pauses = accumulate(repeat(retry["BackoffRate"], retry["MaxAttempts"] - 1), lambda p, r: p * r, initial=1)
    return sum(min(pause * retry["IntervalSeconds"], retry["MaxDelaySeconds"]) for pause in pauses)


def test_document_is_passed_on_unchanged():
    """Only these states, and the catches, add to the document."""
    fields = {"InputPath", "OutputPath", "Parameters", "ResultSelector", "ResultPath", "Result", "Assign"}
    assert {name: fields & set(state) for name, state in STATES.items() if fields & set(state)} == {
        "ReadInput": {"Result"},
        "PrepareRollout": {"Parameters"},
        **{name: {"ResultPath"} for name in EVERY_MAP},
        "NameFailure": {"Parameters"},
        "ParseFailure": {"Parameters"},
        "FormatFailure": {"Parameters"},
        "RestoreAlias": {"Parameters", "ResultSelector", "ResultPath"},
        "ReadRejection": {"Parameters"},
        "NameRollbackFailure": {"Parameters", "ResultPath"},
        "TakeCommand": {"Parameters"},
        "NameCommandFailure": {"Parameters"},
        "ParseCommandFailure": {"Parameters"},
        "FormatCommandFailure": {"Parameters"},
        "NameExaminationFailure": {"Parameters"},
        "ReadReleaseInput": {"Result"},
        "PrepareRelease": {"Parameters"},
        "NameReleaseFailure": {"Parameters"},
        "ParseReleaseFailure": {"Parameters"},
        "FormatReleaseFailure": {"Parameters"},
        "NameCloseFailure": {"Parameters", "ResultPath"},
    }
