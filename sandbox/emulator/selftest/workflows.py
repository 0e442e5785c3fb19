"""Promises about Step Functions."""

import json
import time
from typing import Any

from sandbox.emulator.selftest.stage import ACCOUNT, ALIAS, REGION, UNTAGGED, Stage

_UNTAGGED_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{UNTAGGED}"
_MOVE = {"FunctionName": UNTAGGED, "Name": "live", "FunctionVersion": "2"}
_DEADLINE_SECONDS = 10


def _begin(stage: Stage) -> bool:
    """State machines start."""
    fails = {"Type": "Task", "Resource": ALIAS, "End": True}
    _start(stage, "fails", {**fails, "Retry": [_retry("LookupError")]}, {"fail": True})
    _start(stage, "stopped", fails, {"fail": True, "sleep": 0.3})
    _start(stage, "invokes", {**fails, "Resource": _UNTAGGED_ARN}, {})
    update = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:lambda:updateAlias",
        "Parameters": _MOVE,
        "End": True,
    }
    _start(stage, "moves", update, {})
    _start(stage, "waits", {"Type": "Wait", "Seconds": 60, "End": True}, {}, TimeoutSeconds=1)
    return True


def _starts_once(stage: Stage) -> bool:
    """Starting again under the same name with the same input finds the running execution."""
    again = stage.states.start_execution(stateMachineArn=_machine("waits"), name="tried", input="{}")
    return bool(again["executionArn"] == stage.executions["waits"])


def _stops(stage: Stage) -> bool:
    """An execution can be stopped in the middle of a task."""
    while not _entered_task(stage, "stopped"):
        time.sleep(0.02)
    stage.states.stop_execution(executionArn=stage.executions["stopped"])
    return True


def _stop_is_final(stage: Stage) -> bool:
    """An execution that was stopped stays aborted, whatever its last task does."""
    return bool(_describe(stage, "stopped")["status"] == "ABORTED")


def _errors_have_names(stage: Stage) -> bool:
    """A function's exception is known by its class, and is retried as told."""
    failed = _end(stage, "fails")
    cause = json.loads(failed["cause"])
    said = (failed["error"], cause["errorMessage"], "stackTrace" in cause)
    return said == ("LookupError", "on purpose", True)


def _retry_delay_capped(stage: Stage) -> bool:
    """A retry waits no longer than MaxDelaySeconds."""
    failed = _end(stage, "fails")
    took: float = (failed["stopDate"] - failed["startDate"]).total_seconds()
    return took < _DEADLINE_SECONDS


def _machine_role_checked(stage: Stage) -> bool:
    """A state machine does only what its role allows."""
    errors = [_end(stage, name).get("error") for name in ("invokes", "moves")]
    return errors == ["Lambda.AWSLambdaException", "Lambda.LambdaException"]


def _throttles_have_names(stage: Stage) -> bool:
    """A throttled function fails its task with Lambda.TooManyRequestsException."""
    stage.lambda_.put_function_concurrency(FunctionName="tried", ReservedConcurrentExecutions=0)
    _start(stage, "throttled", {"Type": "Task", "Resource": ALIAS, "End": True}, {})
    return bool(_end(stage, "throttled")["error"] == "Lambda.TooManyRequestsException")


def _events_wait_for_room(stage: Stage) -> bool:
    """An event for a throttled function is delivered when there is room again."""
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:tried"
    stage.events.put_rule(Name="tell", EventPattern='{"source": ["selftest"]}')
    stage.events.put_targets(Rule="tell", Targets=[{"Id": "function", "Arn": function}])
    before = _invocations(stage)
    stage.events.put_events(Entries=[{"Source": "selftest", "DetailType": "Told", "Detail": "{}"}])
    time.sleep(0.1)
    stage.lambda_.delete_function_concurrency(FunctionName="tried")
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while _invocations(stage) == before and time.monotonic() < deadline:
        time.sleep(0.05)
    return _invocations(stage) == before + 1


def _invocations(stage: Stage) -> float:
    now = time.time()
    points = stage.metrics.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": "FunctionName", "Value": "tried"}],
        StartTime=now - 600,
        EndTime=now + 60,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def _time_runs_out(stage: Stage) -> bool:
    """An execution ends after the TimeoutSeconds of its machine."""
    return bool(_end(stage, "waits")["status"] == "TIMED_OUT")


def _retry(error: str) -> dict[str, Any]:
    return {
        "ErrorEquals": [error],
        "IntervalSeconds": 60,
        "MaxDelaySeconds": 1,
        "JitterStrategy": "FULL",
        "MaxAttempts": 1,
    }


def _machine(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def _start(stage: Stage, name: str, state: dict[str, Any], task_input: dict[str, Any], **fields: object) -> None:
    definition = json.dumps({"StartAt": "Try", "States": {"Try": state}, **fields})
    role = f"arn:aws:iam::{ACCOUNT}:role/machine"
    stage.states.create_state_machine(name=name, definition=definition, roleArn=role)
    started = stage.states.start_execution(stateMachineArn=_machine(name), name="tried", input=json.dumps(task_input))
    stage.executions[name] = started["executionArn"]


def _describe(stage: Stage, name: str) -> dict[str, Any]:
    described: dict[str, Any] = stage.states.describe_execution(executionArn=stage.executions[name])
    return described


def _entered_task(stage: Stage, name: str) -> bool:
    history = stage.states.get_execution_history(executionArn=stage.executions[name])
    return any(event["type"] == "TaskScheduled" for event in history["events"])


def _end(stage: Stage, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while (described := _describe(stage, name))["status"] == "RUNNING":
        if time.monotonic() > deadline:
            raise TimeoutError(f"the execution {name} does not end")
        time.sleep(0.02)
    return described


BEGUN = [_begin, _starts_once, _stops]
PROMISES = [
    _errors_have_names,
    _retry_delay_capped,
    _machine_role_checked,
    _throttles_have_names,
    _events_wait_for_room,
    _time_runs_out,
    _stop_is_final,
]
