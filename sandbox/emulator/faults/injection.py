"""Injects faults into AWS calls: refusals, delays, held, truncated or lost responses, and killed functions.

A fault matches a call by its `action` (IAM's name, with wildcards), its `caller` (part of the name of the caller's
role, of the role that assumed it, or of the function that a state machine invokes) and what its request `contains`. It
applies after IAM's decision: a call that IAM denies does not count. The module `requests` adds and removes faults.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import stepfunctions

from sandbox.emulator.faults.kill import kill
from sandbox.emulator.iam import callers
from sandbox.emulator.seams import Answer, Original, Record, extends

SERVICES = (
    *("lambda", "monitoring", "logs", "dynamodb", "states", "sts", "ssm", "sns", "sqs", "cloudtrail", "tagging"),
    "cloudformation",
)
_NO_LIMIT = 1_000_000
_POLL_SECONDS = 0.05
_TRUNCATED = {"partial": ("PartialData", 0.5), "error": ("InternalError", 0.0), "empty": ("Complete", 0.0)}
"""The status of every series in a truncated GetMetricData response, and the share of its values that is kept."""


@dataclass
class Fault:
    """A fault, and the calls that it matches."""

    action: str
    caller: str = ""
    contains: str = ""
    times: int = _NO_LIMIT
    code: str = ""
    status: int = 400
    message: str = "injected by the sandbox"
    after: bool = False
    """The call is carried out; `code` and `kill` replace its response."""
    delay: float = 0
    """Seconds by which the call is delayed, or with `after` its response."""
    held: bool = False
    """The call, or with `after` its response, waits until the fault is removed."""
    kill: bool = False
    """The calling function is killed."""
    truncate: str = ""
    """A GetMetricData response becomes `partial`, `error` or `empty`."""
    matched: int = 0
    applied: int = 0
    """Calls that the fault has affected; with `after`, the calls that were carried out."""

    def matches(self, action: str, caller: str, text: str) -> bool:
        if self.matched >= self.times or not fnmatchcase(action, self.action):
            return False
        return self.caller in caller and self.contains in text


active: list[Fault] = []
_lock = threading.Lock()


def add(**fields: Any) -> None:  # noqa: ANN401 - the fields of a Fault
    active.append(Fault(**fields))


def clear(contains: str = "") -> None:
    """Remove the faults whose `contains` contains this text; by default, all."""
    active[:] = [fault for fault in active if contains not in fault.contains]


def list_active() -> list[Record]:
    return [asdict(fault) for fault in active]


def take_match(action: str, caller: str, text: str) -> Fault | None:
    """Return the first fault that matches this call, and count the match."""
    with _lock:
        fault = next((fault for fault in active if fault.matches(action, caller, text)), None)
        if fault:
            fault.matched += 1
    return fault


def _holds(fault: Fault) -> bool:
    return fault.held and any(each is fault for each in active)


# Calls to the emulator's port: those of functions and of users.


async def _handle(
    service: str,
    original: Callable[..., Awaitable[Answer]],
    method: str,
    path: str,
    *request: Any,  # noqa: ANN401 - headers, body and query
) -> Answer:
    headers, body, query = request
    action = iam_actions.extract_iam_action(service, method, path, headers, body, query) if active else None
    roles, text = callers.chain(), f"{path} {query} {body.decode(errors='replace')}"
    fault = take_match(action, " ".join(roles), text) if action else None
    if fault is None:
        return await original(method, path, *request)
    return await _apply(fault, partial(original, method, path, *request), roles[-1])


async def _apply(fault: Fault, call: Callable[[], Awaitable[Answer]], caller: str) -> Answer:
    answer = await call() if fault.after else None
    fault.applied += 1
    await asyncio.sleep(fault.delay)
    while _holds(fault):  # noqa: ASYNC110 - threads of state machines wait for the same
        await asyncio.sleep(_POLL_SECONDS)
    if fault.kill:
        kill(caller, fault.contains)
    if fault.kill or fault.code:
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": fault.code}
        body = {"__type": fault.code, "message": fault.message}
        return fault.status, headers, json.dumps(body).encode()
    return _truncate(fault, answer or await call())


def _truncate(fault: Fault, answer: Answer) -> Answer:
    if not fault.truncate:
        return answer
    status, headers, text = answer
    body, (code, share) = json.loads(text), _TRUNCATED[fault.truncate]
    for series in body["MetricDataResults"]:
        kept = int(len(series["Values"]) * share)
        series.update(StatusCode=code, Values=series["Values"][:kept], Timestamps=series["Timestamps"][:kept])
    return status, headers, json.dumps(body).encode()


for _service in SERVICES:
    if _service in app.SERVICE_HANDLERS:
        app.SERVICE_HANDLERS[_service] = partial(_handle, _service, app.SERVICE_HANDLERS[_service])


# Calls of state machines, which stay inside the emulator.


@extends(stepfunctions, "_call_lambda")
def _invoke(original: Original, reference: str, event: object) -> object:
    return _task("lambda:InvokeFunction", reference, json.dumps(event), lambda: original(reference, event))


@extends(stepfunctions, "_invoke_aws_sdk_integration")
def _call(original: Original, resource: str, task_input: Record) -> object:
    service, operation = resource.split(":")[-2:]
    action = f"{service}:{operation[:1].upper()}{operation[1:]}"
    return _task(action, resource, json.dumps(task_input), lambda: original(resource, task_input))


@extends(stepfunctions, "_invoke_nested_start_execution")
def _start(original: Original, resource: str, task_input: Record) -> object:
    text = json.dumps(task_input)
    return _task("states:StartExecution", resource, text, lambda: original(resource, task_input))


def _task(action: str, caller: str, text: str, call: Callable[[], object]) -> object:
    fault = take_match(action, caller, text) if active else None
    if fault is None:
        return call()
    answer = call() if fault.after else None
    fault.applied += 1
    time.sleep(fault.delay)
    while _holds(fault):
        time.sleep(_POLL_SECONDS)
    if fault.code:
        cause = json.dumps({"errorMessage": fault.message, "errorType": fault.code})
        raise stepfunctions._ExecutionError(fault.code, cause)
    return answer if fault.after else call()
