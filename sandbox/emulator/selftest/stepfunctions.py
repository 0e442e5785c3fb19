"""Checks of Step Functions."""

import json
import time
from typing import Any

from sandbox.emulator.selftest.fixtures import ACCOUNT, ALIAS, REGION, UNTAGGED, Fixture

_UNTAGGED_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{UNTAGGED}"
_UPDATE = {"FunctionName": UNTAGGED, "Name": "live", "FunctionVersion": "2"}
_DEADLINE_SECONDS = 10


def _begin(fixture: Fixture) -> bool:
    """State machines are created and start."""
    fails = {"Type": "Task", "Resource": ALIAS, "End": True}
    start(fixture, "fails", {**fails, "Retry": [_retry("LookupError")]}, {"fail": True})
    start(fixture, "invokes", {**fails, "Resource": _UNTAGGED_ARN}, {})
    update = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:lambda:updateAlias",
        "Parameters": _UPDATE,
        "End": True,
    }
    start(fixture, "updates", update, {})
    doubled = {"Type": "Pass", "Parameters": {"one.$": "$", "two.$": "$$.Execution.Input"}, "End": True}
    start(fixture, "doubles", doubled, {"large": "x" * 140_000})
    start(fixture, "waits", {"Type": "Wait", "Seconds": 60, "End": True}, {}, TimeoutSeconds=1)
    start(fixture, "stopped", fails, {"fail": True, "sleep": 0.6})  # stopped meanwhile, also on a busy machine
    return True


def _starts_once(fixture: Fixture) -> bool:
    """A second start with the same name and input returns the running execution."""
    again = fixture.states.start_execution(stateMachineArn=machine_arn("waits"), name="example", input="{}")
    return bool(again["executionArn"] == fixture.executions["waits"])


def _start_listed(fixture: Fixture) -> bool:
    """LookupEvents lists the start of an execution with its ARN."""
    attributes = [{"AttributeKey": "EventName", "AttributeValue": "StartExecution"}]
    events = fixture.cloudtrail.lookup_events(LookupAttributes=attributes)["Events"]
    answers = [json.loads(event["CloudTrailEvent"])["responseElements"] for event in events]
    return fixture.executions["waits"] in [answer["executionArn"] for answer in answers]


def _stops(fixture: Fixture) -> bool:
    """StopExecution stops an execution during a task."""
    while not _entered_task(fixture, "stopped"):
        time.sleep(0.02)
    fixture.states.stop_execution(executionArn=fixture.executions["stopped"])
    return True


def _stop_is_kept(fixture: Fixture) -> bool:
    """A stopped execution stays ABORTED after its task fails."""
    return bool(_describe(fixture, "stopped")["status"] == "ABORTED")


def _exception_class_reported(fixture: Fixture) -> bool:
    """The error name of a failed task is the class of the function's exception."""
    failed = end_of(fixture, "fails")
    cause = json.loads(failed["cause"])
    result = (failed["error"], cause["errorMessage"], "stackTrace" in cause)
    return result == ("LookupError", "configured failure", True)


def _retry_delay_capped(fixture: Fixture) -> bool:
    """A retry waits at most MaxDelaySeconds."""
    failed = end_of(fixture, "fails")
    seconds: float = (failed["stopDate"] - failed["startDate"]).total_seconds()
    return seconds < _DEADLINE_SECONDS


def _machine_role_checked(fixture: Fixture) -> bool:
    """A task fails without the permission of the state machine's role."""
    errors = [end_of(fixture, name).get("error") for name in ("invokes", "updates")]
    return errors == ["Lambda.AWSLambdaException", "Lambda.LambdaException"]


def _throttle_reported(fixture: Fixture) -> bool:
    """A throttled function fails a task with Lambda.TooManyRequestsException."""
    fixture.lambda_.put_function_concurrency(FunctionName="example", ReservedConcurrentExecutions=0)
    start(fixture, "throttled", {"Type": "Task", "Resource": ALIAS, "End": True}, {})
    return bool(end_of(fixture, "throttled")["error"] == "Lambda.TooManyRequestsException")


def _events_wait_for_capacity(fixture: Fixture) -> bool:
    """An event for a throttled function is delivered when the throttling ends."""
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:example"
    fixture.events.put_rule(Name="invoke", EventPattern='{"source": ["selftest"]}')
    fixture.events.put_targets(Rule="invoke", Targets=[{"Id": "function", "Arn": function}])
    before = _invocations(fixture)
    fixture.events.put_events(Entries=[{"Source": "selftest", "DetailType": "Test", "Detail": "{}"}])
    time.sleep(0.1)
    fixture.lambda_.delete_function_concurrency(FunctionName="example")
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while _invocations(fixture) == before and time.monotonic() < deadline:
        time.sleep(0.05)
    return _invocations(fixture) == before + 1


def _invocations(fixture: Fixture) -> float:
    """Return the calls of the function without an alias: those of its alias, such as a stopped task's, end later."""
    now = time.time()
    points = fixture.metrics.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Invocations",
        Dimensions=[{"Name": name, "Value": "example"} for name in ("FunctionName", "Resource")],
        StartTime=now - 600,
        EndTime=now + 60,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def _payload_limited(fixture: Fixture) -> bool:
    """The input of a state has at most 256 KB after its Parameters."""
    return bool(end_of(fixture, "doubles")["error"] == "States.DataLimitExceeded")


def _machine_timeout_applied(fixture: Fixture) -> bool:
    """An execution ends after the TimeoutSeconds of its state machine."""
    return bool(end_of(fixture, "waits")["status"] == "TIMED_OUT")


def _retry(error: str) -> dict[str, Any]:
    return {
        "ErrorEquals": [error],
        "IntervalSeconds": 60,
        "MaxDelaySeconds": 1,
        "JitterStrategy": "FULL",
        "MaxAttempts": 1,
    }


def machine_arn(name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{name}"


def start(fixture: Fixture, name: str, state: dict[str, Any], task_input: dict[str, Any], **fields: object) -> None:
    definition = json.dumps({"StartAt": "Try", "States": {"Try": state}, **fields})
    role = f"arn:aws:iam::{ACCOUNT}:role/machine"
    fixture.states.create_state_machine(name=name, definition=definition, roleArn=role)
    started = fixture.states.start_execution(
        stateMachineArn=machine_arn(name), name="example", input=json.dumps(task_input)
    )
    fixture.executions[name] = started["executionArn"]


def _describe(fixture: Fixture, name: str) -> dict[str, Any]:
    described: dict[str, Any] = fixture.states.describe_execution(executionArn=fixture.executions[name])
    return described


def _entered_task(fixture: Fixture, name: str) -> bool:
    history = fixture.states.get_execution_history(executionArn=fixture.executions[name])
    return any(event["type"] == "TaskScheduled" for event in history["events"])


def end_of(fixture: Fixture, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while (described := _describe(fixture, name))["status"] == "RUNNING":
        if time.monotonic() > deadline:
            raise TimeoutError(f"the execution {name} did not end within {_DEADLINE_SECONDS} seconds")
        time.sleep(0.02)
    return described


EARLY_CHECKS = [_begin, _stops, _starts_once, _start_listed]
CHECKS = [
    _exception_class_reported,
    _retry_delay_capped,
    _machine_role_checked,
    _throttle_reported,
    _payload_limited,
    _events_wait_for_capacity,
    _machine_timeout_applied,
    _stop_is_kept,
]
