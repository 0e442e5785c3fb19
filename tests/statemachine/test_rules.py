"""One word in five places, and the rules that every Task of the shipped file keeps."""

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
from tests.statemachine.machine import ASL, definition, folder

ROOT = ASL.parents[1]
STATES: dict[str, dict[str, Any]] = definition()["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
OURS = {name: state for name, state in TASKS.items() if "aws-sdk" not in state["Resource"]}
THROTTLED, TRANSIENT = OURS["ShiftTraffic"]["Retry"]
TEN_MINUTES = 600

each_task = pytest.mark.parametrize("name", TASKS)
each_of_ours = pytest.mark.parametrize("name", OURS)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return load(str(ROOT / "template.yaml"))


def substitutions(template: dict[str, Any]) -> dict[str, Any]:
    return template["Resources"]["RolloutStateMachine"]["Properties"]["DefinitionSubstitutions"]


def test_the_file_follows_the_states_language():
    """As cfn-lint knows it; substitutions are filled in by CloudFormation."""
    properties = {"RoleArn": "arn:aws:iam::123456789012:role/rollouts", "DefinitionString": ASL.read_text()}
    properties["DefinitionSubstitutions"] = dict.fromkeys(re.findall(r"\$\{(\w+)\}", ASL.read_text()), "arn")
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    assert lint_all(json.dumps({"Resources": {"Machine": machine}})) == []


def test_the_template_wires_each_substitution_and_no_other(template: dict[str, Any]):
    assert set(re.findall(r"\$\{(\w+)\}", ASL.read_text())) == set(substitutions(template))


@each_of_ours
def test_a_task_bears_the_name_of_its_function_and_folder(name: str, template: dict[str, Any]):
    function = template["Resources"][f"{name}Function"]
    assert STATES[name]["Resource"] == f"${{{name}FunctionArn}}"
    assert substitutions(template)[f"{name}FunctionArn"] == {"Fn::GetAtt": [f"{name}Function", "Arn"]}
    assert Path(function["Properties"]["CodeUri"]) == Path("functions", folder(name))
    assert (ROOT / "functions" / folder(name) / "app.py").is_file()


def test_the_state_machine_may_call_each_of_its_functions_and_no_other(template: dict[str, Any]):
    policies = template["Resources"]["RolloutStateMachine"]["Properties"]["Policies"]
    statements = {statement["Sid"]: statement for policy in policies for statement in policy["Statement"]}
    assert statements["RunTheTasks"]["Resource"] == [{"Fn::GetAtt": [f"{name}Function", "Arn"]} for name in OURS]


def test_every_state_says_what_an_operator_reads():
    assert [name for name, state in STATES.items() if not state.get("Comment")] == []


@each_task
def test_a_task_cannot_hang_and_none_of_its_errors_is_lost(name: str):
    assert STATES[name]["TimeoutSeconds"] <= 90
    assert [catch["ErrorEquals"] for catch in STATES[name]["Catch"]] == [["States.ALL"]]


@each_task
def test_a_task_tries_transient_errors_again_with_jitter(name: str):
    """RollBack and RestoreAlias try again whatever went wrong."""
    last = STATES[name]["Retry"][-1]
    assert last["JitterStrategy"] == "FULL"
    assert last == TRANSIENT if name not in ("RollBack", "RestoreAlias") else last["ErrorEquals"] == ["States.ALL"]


@each_of_ours
def test_a_task_that_finds_no_free_lambda_waits_for_one(name: str):
    """Two hundred rollouts at once are to be late rather than wrong; the way back needs no Lambda in the end."""
    assert THROTTLED["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
    assert THROTTLED in STATES[name]["Retry"] or name == "RollBack"
    assert THROTTLED["MaxAttempts"] * THROTTLED["MaxDelaySeconds"] <= TEN_MINUTES


@each_task
def test_no_retry_is_shadowed_by_one_before_it(name: str):
    """The first that knows an error decides, so each error is known once, and States.ALL stands alone and last."""
    known = [error for retry in STATES[name]["Retry"] for error in retry["ErrorEquals"]]
    assert len(known) == len(set(known))
    assert "States.ALL" not in known[:-1]


def named_errors() -> Iterator[str]:
    for task in TASKS.values():
        for rule in [*task["Retry"], *task["Catch"]]:
            yield from rule["ErrorEquals"]


def test_every_error_we_name_is_one_of_ours():
    assert [name for name in named_errors() if "." not in name and not hasattr(errors, name)] == []


def test_every_error_that_promises_another_try_gets_it():
    ours = {name: error for name, error in vars(errors).items() if isinstance(error, type)}
    promised = {name for name, error in ours.items() if "the state machine" in error.__doc__}
    assert promised == {name for name in named_errors() if "." not in name}


def test_the_way_back_fits_into_ten_minutes_at_its_slowest():
    """P1: every try of RollBack and then of RestoreAlias runs into its timeout, every pause is as long as can be."""
    assert sum(_slowest(STATES[name]) for name in ("RollBack", "RestoreAlias")) <= TEN_MINUTES


def _slowest(task: dict[str, Any]) -> float:
    retry = task["Retry"][-1]
    pauses = accumulate(repeat(retry["BackoffRate"], retry["MaxAttempts"] - 1), lambda p, r: p * r, initial=1)
    longest = [min(pause * retry["IntervalSeconds"], retry["MaxDelaySeconds"]) for pause in pauses]
    return task["TimeoutSeconds"] * (1 + retry["MaxAttempts"]) + sum(longest)


def test_the_document_is_passed_on_whole():
    """Only the two states that build something of their own, and the catches, touch the document."""
    fields = {"InputPath", "OutputPath", "Parameters", "ResultSelector", "ResultPath", "Result", "Assign"}
    assert {name: fields & set(state) for name, state in STATES.items() if fields & set(state)} == {
        "PrepareRollout": {"Parameters"},
        "RestoreAlias": {"Parameters", "ResultSelector", "ResultPath"},
    }
