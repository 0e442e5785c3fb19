"""Checks of Map states, and of the limits of the calls in them."""

import json
from typing import Any

from sandbox.emulator.selftest.fixtures import ALIAS, Fixture
from sandbox.emulator.selftest.stepfunctions import end_of, machine_arn, start

_CALLS = [
    {"event": {"sleep": 3}, "timeout_seconds": 1},
    {"event": {"size": 300_000}, "timeout_seconds": 60},
    {"event": {}, "timeout_seconds": 60},
]


def _map_state(caught: str) -> dict[str, Any]:
    """Return a Map state that calls the example function for each item, and catches a timeout and another error."""
    call = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "TimeoutSecondsPath": "$.timeout_seconds",
        "Parameters": {"FunctionName": ALIAS, "Payload.$": "$.event"},
        "ResultSelector": {"Error": "none", "answer.$": "$.Payload"},
        "Catch": [{"ErrorEquals": [error], "Next": "Caught"} for error in ("States.Timeout", caught)],
        "End": True,
    }
    caught_state = {"Type": "Pass", "End": True}
    processor = {"StartAt": "Call", "States": {"Call": call, "Caught": caught_state}}
    return {"Type": "Map", "ItemsPath": "$.calls", "ItemProcessor": processor, "End": True}


START = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution",
    "Parameters": {"StateMachineArn": machine_arn("waits"), "Input": {}},
    "End": True,
}


def _distributed_map() -> dict[str, Any]:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Start"}
    return {
        "Type": "Map",
        "ItemsPath": "$.calls",
        "ItemProcessor": processor | {"States": {"Start": START}},
        "End": True,
    }


def _begin_maps(fixture: Fixture) -> bool:
    """Map states start."""
    start(fixture, "maps", _map_state("States.DataLimitExceeded"), {"calls": _CALLS})
    start(fixture, "maps-by-all", _map_state("States.ALL"), {"calls": _CALLS[1:]})
    start(fixture, "distributes", _distributed_map(), {"calls": [{}]})
    start(fixture, "starts", START, {})
    return True


def _call_limited(fixture: Fixture) -> bool:
    """A call of a Map state ends after its TimeoutSecondsPath, and its result has at most 256 KB."""
    errors = [result["Error"] for result in json.loads(end_of(fixture, "maps")["output"])]
    return errors == ["States.Timeout", "States.DataLimitExceeded", "none"]


def _limit_not_caught_by_all(fixture: Fixture) -> bool:
    """States.ALL does not catch a result that is too large."""
    return bool(end_of(fixture, "maps-by-all")["error"] == "States.DataLimitExceeded")


def _starts_checked(fixture: Fixture) -> bool:
    """A task that starts executions, and a Distributed Map, fail without the permission of the machine's role."""
    return {end_of(fixture, name)["error"] for name in ("distributes", "starts")} == {
        "StepFunctions.AccessDeniedException"
    }


EARLY_CHECKS = [_begin_maps]
CHECKS = [_call_limited, _limit_not_caught_by_all, _starts_checked]
