"""Checks of limited and of held calls, and of the invocations that run while their function is updated."""

import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sandbox.accounts import MEMBER
from sandbox.emulator.selftest.fixtures import ACCOUNT, REGION, Fixture, code_of, package, send_control_request
from sandbox.emulator.selftest.lambda_ import assume_mover
from sandbox.emulator.selftest.member_accounts import start_update
from sandbox.emulator.selftest.stepfunctions import end_of

_LONGEST_SECONDS = 20
_CALLER = """
import os
import boto3
def handler(event, context):
    boto3.client("lambda").update_alias(FunctionName="example", Name="live", Description=event)
    return os.environ["RELEASE"]
"""


def _requests_limited(fixture: Fixture) -> bool:
    """Lambda limits the requests a second of functions and state machines, except GetFunction, but not users."""
    mover, alias = fixture.client("lambda", *assume_mover(fixture)), {"FunctionName": "example", "Name": "live"}
    mover.meta.events.unregister("needs-retry.lambda", unique_id="retry-config-lambda")  # without retries
    member_function = f"arn:aws:lambda:{REGION}:{MEMBER}:function:example"
    send_control_request(fixture, "set-request-rate", per_second=0)
    try:
        mover.get_function(FunctionName="example")
        fixture.lambda_.get_alias(**alias)
        refused = code_of(mover.get_alias, **alias)
        start_update(fixture, "updates-throttled", "writer", member_function)
        failed = end_of(fixture, "updates-throttled")["error"]
    finally:
        send_control_request(fixture, "set-request-rate")
    mover.get_alias(**alias)
    return (refused, failed) == ("TooManyRequestsException", "Lambda.TooManyRequestsException")


def _ends_after_an_update(fixture: Fixture) -> bool:
    """A held call waits until its fault is removed, and an update lets the running invocation end as it began."""
    role = f"arn:aws:iam::{ACCOUNT}:role/mover"
    fixture.lambda_.create_function(
        FunctionName="updated",
        Runtime="python3.13",
        Handler="index.handler",
        Role=role,
        Code={"ZipFile": package(_CALLER)},
        Environment=_release("earlier"),
    )
    send_control_request(fixture, "add-fault", contains="held", held=True)
    with ThreadPoolExecutor(1) as executor:
        running = executor.submit(_invoke, fixture, "held")
        is_held = _wait_until_held(fixture)
        fixture.lambda_.update_function_configuration(FunctionName="updated", Environment=_release("later"))
        results = [_invoke(fixture, "another"), is_held and not running.done()]
        send_control_request(fixture, "clear-faults")
        return [*results, _result(running), _description(fixture)] == ["later", True, "earlier", "held"]


def _release(name: str) -> dict[str, dict[str, str]]:
    return {"Variables": {"RELEASE": name}}


def _invoke(fixture: Fixture, description: str) -> Any:  # noqa: ANN401 - JSON
    response = fixture.lambda_.invoke(FunctionName="updated", Payload=json.dumps(description))
    return json.loads(response["Payload"].read())


def _wait_until_held(fixture: Fixture) -> bool:
    """Return whether the fault has matched a call."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not (is_held := send_control_request(fixture, "list-faults")[-1]["matched"] == 1):
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return bool(is_held)


def _result(running: Future[Any]) -> object:
    return running.result(_LONGEST_SECONDS)


def _description(fixture: Fixture) -> str:
    return str(fixture.lambda_.get_alias(FunctionName="example", Name="live")["Description"])


CHECKS = [_requests_limited, _ends_after_an_update]
