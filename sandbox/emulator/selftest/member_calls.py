"""Checks of tasks that call a function of another account."""

import json

from sandbox.accounts import MEMBER
from sandbox.emulator.selftest.fixtures import REGION, UNTAGGED, Fixture
from sandbox.emulator.selftest.member_accounts import member_role
from sandbox.emulator.selftest.stepfunctions import end_of, start


def _begin_calls(fixture: Fixture) -> bool:
    """State machines call functions of another account."""
    _start_call(fixture, "calls-there", "example")
    _start_call(fixture, "calls-not-tagged", UNTAGGED)
    return True


def _start_call(fixture: Fixture, name: str, function: str) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Credentials": {"RoleArn": member_role("writer")},
        "Parameters": {"FunctionName.$": "$.function", "Payload": {}},
        "TimeoutSeconds": 10,
        "End": True,
    }
    start(fixture, name, state, {"function": f"arn:aws:lambda:{REGION}:{MEMBER}:function:{function}"})


def _calls_with_credentials(fixture: Fixture) -> bool:
    """A task with Credentials calls a function of the role's account, if the role may."""
    answer = json.loads(end_of(fixture, "calls-there").get("output", "{}")).get("Payload")
    return (answer, end_of(fixture, "calls-not-tagged").get("error")) == ("$LATEST", "Lambda.AWSLambdaException")


EARLY_CHECKS = [_begin_calls]
CHECKS = [_calls_with_credentials]
