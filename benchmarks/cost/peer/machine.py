"""The peer's state machine and its functions in a local AWS."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from benchmarks.cost.counted import Counted
from sandbox.server import Sandbox

PREFIX = "peer-"
MEMORY_GB = 0.128
"""The functions of the peer have Lambda's default memory."""

_SOURCE = Path(__file__).parent / "tasks.py"
_TASKS = ("plan", "shift", "check", "finish", "undo")
_ACTIONS = ["lambda:UpdateAlias", "cloudwatch:GetMetricStatistics", "lambda:InvokeFunction"]
_PRINCIPALS = {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}


def deploy_peer(local: Sandbox) -> str:
    """Create the functions and the state machine; return the ARN of the machine."""
    role = _create_role(local)
    functions, archive = local.client("lambda"), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("tasks.py", _SOURCE.read_text())
    arns = {
        task: functions.create_function(
            FunctionName=PREFIX + task,
            Runtime="python3.13",
            Handler=f"tasks.{task}",
            Role=role,
            Code={"ZipFile": archive.getvalue()},
            Timeout=300,
        )["FunctionArn"]
        for task in _TASKS
    }
    for task in _TASKS:
        functions.get_waiter("function_active_v2").wait(FunctionName=PREFIX + task, WaiterConfig={"Delay": 0.1})
    machine = local.client("stepfunctions").create_state_machine(
        name=f"{PREFIX}machine", definition=json.dumps(_definition(arns)), roleArn=role
    )
    return str(machine["stateMachineArn"])


def _create_role(local: Sandbox) -> str:
    iam, name = local.client("iam"), f"{PREFIX}role"
    trust = {"Effect": "Allow", "Principal": _PRINCIPALS, "Action": "sts:AssumeRole"}
    policy = {"Effect": "Allow", "Action": _ACTIONS, "Resource": "*"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="tasks", PolicyDocument=_document(policy))
    return str(role["Arn"])


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _definition(arns: dict[str, str]) -> dict[str, Any]:
    """Return nine states: plan the shares; shift, wait, check and two choices for each; finish, or undo and fail."""
    tasks: dict[str, dict[str, Any]] = {
        "Plan": {"task": "plan", "ResultPath": "$.weights", "Next": "Shift"},
        "Shift": {"task": "shift", "ResultPath": "$.weight", "Next": "Pause"},
        "Check": {"task": "check", "ResultPath": "$.passed", "Next": "ChooseByCheck"},
        "Undo": {"task": "undo", "ResultPath": "$.undone", "Next": "Failed"},
        "Finish": {"task": "finish", "End": True},
    }
    choices = {
        "ChooseByCheck": ({"Variable": "$.passed", "BooleanEquals": True, "Next": "ChooseByShare"}, "Undo"),
        "ChooseByShare": ({"Variable": "$.weight", "NumericEquals": 1, "Next": "Finish"}, "Shift"),
    }
    states: dict[str, Any] = {
        "Pause": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Check"},
        "Failed": {"Type": "Fail", "Error": "CheckFailed"},
    }
    for name, state in tasks.items():
        states[name] = {"Type": "Task", "Resource": arns[state.pop("task")], **state}
    for name, (choice, default) in choices.items():
        states[name] = {"Type": "Choice", "Choices": [choice], "Default": default}
    return {"StartAt": "Plan", "States": states}


def is_of_peer(role_or_function: str) -> bool:
    """Whether a role or a function belongs to the peer."""
    return role_or_function.startswith(PREFIX)


PEER = Counted(of_stack=is_of_peer, evaluation_state="Check", first_shift_state="Shift")
