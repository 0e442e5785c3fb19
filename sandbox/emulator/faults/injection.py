"""Faults on order: AWS calls refused, held, cut short or answered in vain, and functions killed while they call.

A fault meets the calls that are made under a name (`action`, as IAM says it) by somebody (`who`, a part of the
caller's role, of the role that assumed it, or of the function a state machine invokes) about something (`mentions`, a
part of the request). It comes after IAM's decision, so a call that is refused anyway uses up no fault. `fault_orders`
takes the orders.
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

SERVICES = ("lambda", "monitoring", "dynamodb", "states", "sts", "ssm", "sns", "sqs", "cloudtrail", "tagging")
_ALWAYS = 1_000_000
_CUT = {"partial": ("PartialData", 0.5), "error": ("InternalError", 0.0), "empty": ("Complete", 0.0)}
"""What becomes of GetMetricData's answer: the status of each series, and how much of its values is left."""


@dataclass
class Fault:
    """What happens to the calls it meets."""

    action: str
    who: str = ""
    mentions: str = ""
    times: int = _ALWAYS
    code: str = ""
    status: int = 400
    message: str = "injected by the sandbox"
    after: bool = False
    """The call is carried out; code and kill take the place of its answer."""
    delay: float = 0
    """Seconds for which the call, or with `after` its answer, is held."""
    kill: bool = False
    """The function that calls is killed."""
    cut: str = ""
    met: int = 0
    struck: int = 0
    """Calls it has had its effect on; with `after`, those that were carried out."""

    def meets(self, action: str, who: str, text: str) -> bool:
        return self.met < self.times and fnmatchcase(action, self.action) and self.who in who and self.mentions in text


armed: list[Fault] = []
_lock = threading.Lock()


def arm(**order: Any) -> None:  # noqa: ANN401 - the fields of a Fault
    armed.append(Fault(**order))


def disarm(mentions: str = "") -> None:
    """Forget the faults about something; without a word, all."""
    armed[:] = [fault for fault in armed if mentions not in fault.mentions]


def shown() -> list[Record]:
    return [asdict(fault) for fault in armed]


def _met(action: str, who: str, text: str) -> Fault | None:
    """Return the fault that meets this call, used up by one."""
    with _lock:
        fault = next((fault for fault in armed if fault.meets(action, who, text)), None)
        if fault:
            fault.met += 1
    return fault


# The calls that reach the emulator's port: those of functions, and of people.


async def _handle(
    service: str,
    original: Callable[..., Awaitable[Answer]],
    method: str,
    path: str,
    *request: Any,  # noqa: ANN401 - headers, body and query
) -> Answer:
    headers, body, query = request
    action = iam_actions.extract_iam_action(service, method, path, headers, body, query) if armed else None
    roles, text = callers.chain(), f"{path} {query} {body.decode(errors='replace')}"
    fault = _met(action, " ".join(roles), text) if action else None
    if fault is None:
        return await original(method, path, *request)
    return await _suffer(fault, partial(original, method, path, *request), roles[-1])


async def _suffer(fault: Fault, call: Callable[[], Awaitable[Answer]], who: str) -> Answer:
    answer = await call() if fault.after else None
    fault.struck += 1
    await asyncio.sleep(fault.delay)
    if fault.kill:
        kill(who, fault.mentions)
    if fault.kill or fault.code:
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": fault.code}
        said = {"__type": fault.code, "message": fault.message}
        return fault.status, headers, json.dumps(said).encode()
    return _cut(fault, answer or await call())


def _cut(fault: Fault, answer: Answer) -> Answer:
    if not fault.cut:
        return answer
    status, headers, body = answer
    said, (code, share) = json.loads(body), _CUT[fault.cut]
    for series in said["MetricDataResults"]:
        left = int(len(series["Values"]) * share)
        series.update(StatusCode=code, Values=series["Values"][:left], Timestamps=series["Timestamps"][:left])
    return status, headers, json.dumps(said).encode()


for _service in SERVICES:
    if _service in app.SERVICE_HANDLERS:
        app.SERVICE_HANDLERS[_service] = partial(_handle, _service, app.SERVICE_HANDLERS[_service])


# The calls of state machines, which stay inside the emulator.


@extends(stepfunctions, "_call_lambda")
def _invoke(original: Original, reference: str, event: object) -> object:
    return _task("lambda:InvokeFunction", reference, json.dumps(event), lambda: original(reference, event))


@extends(stepfunctions, "_invoke_aws_sdk_integration")
def _call(original: Original, resource: str, task_input: Record) -> object:
    service, operation = resource.split(":")[-2:]
    action = f"{service}:{operation[:1].upper()}{operation[1:]}"
    return _task(action, resource, json.dumps(task_input), lambda: original(resource, task_input))


def _task(action: str, who: str, text: str, call: Callable[[], object]) -> object:
    fault = _met(action, who, text) if armed else None
    if fault is None:
        return call()
    answer = call() if fault.after else None
    fault.struck += 1
    time.sleep(fault.delay)
    if fault.code:
        cause = json.dumps({"errorMessage": fault.message, "errorType": fault.code})
        raise stepfunctions._ExecutionError(fault.code, cause)
    return answer if fault.after else call()
