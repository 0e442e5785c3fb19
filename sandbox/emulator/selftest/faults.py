"""Checks of the control requests: faults, timeouts, repeated events and the time scale."""

import json
import time
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from sandbox.emulator.selftest.cloudwatch import metric_of, values_of
from sandbox.emulator.selftest.fixtures import ACCOUNT, ALIAS, Fixture, code_of, package, send_control_request
from sandbox.emulator.selftest.map_states import START
from sandbox.emulator.selftest.stepfunctions import end_of, start

_DELAY_SECONDS = 0.2
_CALLER = """
import boto3
def handler(event, context):
    boto3.client("lambda").update_alias(FunctionName="example", Name="live", Description=event["description"])
"""


def _refused_before_or_after(fixture: Fixture) -> bool:
    """A fault refuses a call before it is carried out, or after."""
    results = [_refused_update(fixture, "before", after=False), _refused_update(fixture, "after", after=True)]
    return results == [("ResourceConflictException", "unchanged"), ("ResourceConflictException", "after")]


def _refused_update(fixture: Fixture, word: str, *, after: bool) -> tuple[str, str]:
    _describe(fixture, "unchanged")
    send_control_request(
        fixture, "add-fault", contains=word, caller="root", after=after, code="ResourceConflictException", status=409
    )
    code = "carried out"
    try:
        _describe(fixture, word)
    except ClientError as error:
        code = error.response["Error"]["Code"]
    return code, _description(fixture)


def _describe(fixture: Fixture, word: str) -> None:
    fixture.lambda_.update_alias(FunctionName="example", Name="live", Description=word)


def _description(fixture: Fixture) -> str:
    return str(fixture.lambda_.get_alias(FunctionName="example", Name="live")["Description"])


def _delayed(fixture: Fixture) -> bool:
    """A fault delays only the calls that it matches."""
    send_control_request(fixture, "add-fault", contains="delayed", delay=_DELAY_SECONDS)
    _describe(fixture, "another")
    is_unaffected = send_control_request(fixture, "list-faults")[-1]["applied"] == 0
    started = time.monotonic()
    _describe(fixture, "delayed")
    return is_unaffected and time.monotonic() - started >= _DELAY_SECONDS


def _query_refused(fixture: Fixture) -> bool:
    """A fault refuses a query of a log group."""
    code = "AccessDeniedException"  # boto3 does not repeat such a call
    send_control_request(fixture, "add-fault", contains="queried", action="logs:StartQuery", code=code)
    group = {"logGroupNames": ["queried"], "queryString": "fields @message"}
    return code_of(fixture.client("logs").start_query, startTime=0, endTime=1, **group) == code


def _killed(fixture: Fixture) -> bool:
    """A fault kills the calling function before or after its call; the error is Runtime.ExitError."""
    role = f"arn:aws:iam::{ACCOUNT}:role/mover"
    code = {"ZipFile": package(_CALLER)}
    fixture.lambda_.create_function(
        FunctionName="calling", Runtime="python3.13", Handler="index.handler", Role=role, Code=code
    )
    results = [_killed_at(fixture, word, after=after) for word, after in (("early", False), ("late", True))]
    return results == [("Runtime.ExitError", False), ("Runtime.ExitError", True)]


def _killed_at(fixture: Fixture, word: str, *, after: bool) -> tuple[str, bool]:
    send_control_request(fixture, "add-fault", caller="mover", contains=word, kill=True, after=after)
    response = fixture.lambda_.invoke(FunctionName="calling", Payload=json.dumps({"description": word}))
    return str(json.loads(response["Payload"].read())["errorType"]), _description(fixture) == word


def _truncated(fixture: Fixture) -> bool:
    """A fault truncates a GetMetricData response."""
    now = datetime.now(UTC)
    datum = {"MetricName": "truncated", "Value": 1.0, "Timestamp": now - timedelta(minutes=2)}
    fixture.metrics.put_metric_data(Namespace="Sandbox", MetricData=[datum])
    send_control_request(
        fixture, "add-fault", action="cloudwatch:GetMetricData", contains="truncated", truncate="partial"
    )
    return [_series(fixture, now), _series(fixture, now)] == [("PartialData", 0), ("Complete", 1)]


def _series(fixture: Fixture, now: datetime) -> tuple[str, int]:
    metric = {"Namespace": "Sandbox", "MetricName": "truncated"}
    query = {"Id": "truncated", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    response = fixture.metrics.get_metric_data(
        MetricDataQueries=[query], StartTime=now - timedelta(minutes=9), EndTime=now + timedelta(minutes=1)
    )["MetricDataResults"][0]
    return response["StatusCode"], len(response["Values"])


def _task_refused(fixture: Fixture) -> bool:
    """A fault refuses a state machine's call with the configured error name."""
    send_control_request(
        fixture, "add-fault", action="lambda:InvokeFunction", caller="example", code="Sandbox.Timedout"
    )
    start(fixture, "refused", {"Type": "Task", "Resource": ALIAS, "End": True}, {})
    return bool(end_of(fixture, "refused")["error"] == "Sandbox.Timedout") and _all_applied(fixture)


def _start_refused(fixture: Fixture) -> bool:
    """A fault refuses the start of an execution by a state machine that may start it."""
    statement = {"Effect": "Allow", "Resource": "*", "Action": "states:StartExecution"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    fixture.iam.put_role_policy(RoleName="machine", PolicyName="starts", PolicyDocument=document)
    code = "StepFunctions.ThrottlingException"
    send_control_request(fixture, "add-fault", action="states:StartExecution", caller="startExecution", code=code)
    start(fixture, "start-refused", START, {})
    refused = end_of(fixture, "start-refused")["error"]
    send_control_request(fixture, "clear-faults")
    return bool(refused == code)


def _all_applied(fixture: Fixture) -> bool:
    """Return whether every fault was applied once, and remove all faults."""
    applied = [fault["applied"] for fault in send_control_request(fixture, "list-faults")]
    send_control_request(fixture, "clear-faults")
    return applied == [1] * 8  # the number of faults added above


def _execution_timed_out(fixture: Fixture) -> bool:
    """A control request times an execution out."""
    start(fixture, "endless", {"Type": "Wait", "Seconds": 60, "End": True}, {})
    send_control_request(fixture, "time-out-execution", execution=fixture.executions["endless"])
    return bool(end_of(fixture, "endless")["status"] == "TIMED_OUT")


def _execution_redriven(fixture: Fixture) -> bool:
    """A control request lets an ended execution go on with the state that it was in."""
    call = {"Type": "Task", "Resource": ALIAS, "End": True}
    states = {"Try": {"Type": "Pass", "Result": {"fail": True}, "Next": "Call"}, "Call": call}
    start(fixture, "redriven", {}, {}, States=states)
    errors = [end_of(fixture, "redriven")["error"]]
    state = send_control_request(fixture, "redrive-execution", execution=fixture.executions["redriven"])
    errors.append(end_of(fixture, "redriven")["error"])
    return (state, errors) == ("Call", ["LookupError"] * 2)


def _event_redelivered(fixture: Fixture) -> bool:
    """A control request delivers the event of a published version again."""
    fixture.lambda_.publish_version(FunctionName="example")
    return bool(send_control_request(fixture, "redeliver-events", contains=f"{ACCOUNT}:function:example") == 1)


def _retries_scaled(fixture: Fixture) -> bool:
    """The time scale shortens the retry delays of state machines."""
    send_control_request(fixture, "set-time-scale", scale=0.001)
    retry = [{"ErrorEquals": ["LookupError"], "IntervalSeconds": 60, "MaxAttempts": 1}]
    start(fixture, "scaled", {"Type": "Task", "Resource": ALIAS, "Retry": retry, "End": True}, {"fail": True})
    failed = end_of(fixture, "scaled")["error"]
    send_control_request(fixture, "set-time-scale", scale=1)
    return bool(failed == "LookupError")


def _version_refused(fixture: Fixture) -> bool:
    """A version that Lambda refuses to run answers 502, and no metric counts the call."""
    metric = metric_of({"FunctionName": "example", "Resource": "example:1"})
    fixture.lambda_.meta.events.unregister("needs-retry.lambda", unique_id="retry-config-lambda")  # without retries
    send_control_request(fixture, "add-fault", action="lambda:RunVersion", caller="version 1", contains="example")
    refused = code_of(fixture.lambda_.invoke, FunctionName="example", Qualifier="1")
    send_control_request(fixture, "clear-faults")
    counted = values_of(fixture, metric, "Sum")
    served = fixture.lambda_.invoke(FunctionName="example", Qualifier="1")
    return (refused, counted, served["StatusCode"]) == ("KMSAccessDeniedException", [], 200)


CHECKS = [
    _refused_before_or_after,
    _delayed,
    _query_refused,
    _killed,
    _truncated,
    _task_refused,
    _start_refused,
    _execution_timed_out,
    _execution_redriven,
    _event_redelivered,
    _retries_scaled,
    _version_refused,
]
