"""Control requests of the sandbox: faults, limits, repeated and late events, timeouts, redrives, a time scale, counts.

A request is `POST /_sandbox/NAME` at the emulator's port, with a JSON object of parameters; the response is JSON.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Awaitable, Callable

from ministack import app
from ministack.core import responses
from ministack.services import eventbridge, scheduler, stepfunctions

from sandbox.emulator.cloudwatch import metric_reads
from sandbox.emulator.events import cloudtrail
from sandbox.emulator.faults import injection
from sandbox.emulator.lambda_ import request_rate
from sandbox.emulator.seams import Answer, Original, Record, extends
from sandbox.emulator.stepfunctions import executions, redrive

_PREFIX = "/_sandbox/"
_published: list[tuple[str, str, Record]] = []
"""CloudTrail's events of published versions, each with its account and its region."""
_time_scale = [1.0]
_TICK_SECONDS = eventbridge._SCHEDULER_TICK_INTERVAL


@extends(app, "_handle_admin_config_request")
async def _handle_request(
    original: Callable[..., Awaitable[Answer | None]], path: str, method: str, body: bytes
) -> object:
    action = _ACTIONS.get(path.removeprefix(_PREFIX)) if path.startswith(_PREFIX) and method == "POST" else None
    if action is None:
        return await original(path, method, body)
    try:
        status, result = 200, action(**json.loads(body or b"{}"))
    except Exception as error:  # noqa: BLE001 - the sender receives the error
        status, result = 400, repr(error)
    return status, {"Content-Type": "application/json"}, json.dumps(result).encode()


def _redeliver_events(contains: str) -> int:
    """Deliver the events of published versions that contain this text again; return their number."""
    events = [event for event in _published if contains in event[-1]["Detail"]]
    for account, region, entry in events:
        _published.remove((account, region, entry))  # _record_published_versions adds it again
        with responses.request_scope(account, region):
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    return len(events)


@extends(eventbridge, "_put_events")
def _record_published_versions(original: Original, request: Record, *args: object, **kwargs: object) -> object:
    entries = request.get("Entries", [])
    published = [entry for entry in entries if '"eventName": "PublishVersion' in entry.get("Detail", "")]
    _published.extend((responses.get_account_id(), responses.get_region(), entry) for entry in published)
    return original(request, *args, **kwargs)


def _time_out(execution: str) -> str:
    """Time an execution out now; return its status."""
    region, account = execution.split(":")[3:5]
    with responses.request_scope(account, region):
        record = stepfunctions._executions.get(execution)
        executions._time_out(record)
    return str(record["status"])


def _set_time_scale(scale: float) -> float:
    """Multiply the retry delays of state machines and the periods of rate rules by this factor."""
    _time_scale[:] = [scale]
    eventbridge._SCHEDULER_TICK_INTERVAL = min(_TICK_SECONDS, max(1, _TICK_SECONDS * scale))
    return scale


def _run_schedules() -> None:
    """Run the rules and the schedules that are due now; by itself the emulator does so every ten seconds."""
    eventbridge._tick_scheduled_rules()
    scheduler._tick_schedules()


@extends(stepfunctions, "_find_matching_retrier")
def _scale_retry_delay(original: Original, *failed: object) -> tuple[Record | None, int]:
    retrier, index = original(*failed)
    if retrier is None:
        return retrier, index
    return {**retrier, "IntervalSeconds": retrier["IntervalSeconds"] * _time_scale[0]}, index


@extends(eventbridge, "_parse_rate_seconds")
def _scale_rate(original: Original, expression: str) -> float | None:
    seconds: float | None = original(expression)
    return seconds * _time_scale[0] if seconds else seconds


_ACTIONS: dict[str, Callable[..., object]] = {
    "add-fault": injection.add,
    "list-faults": injection.list_active,
    "clear-faults": injection.clear,
    "redeliver-events": _redeliver_events,
    "time-out-execution": _time_out,
    "redrive-execution": redrive.redrive,
    "set-time-scale": _set_time_scale,
    "run-schedules": _run_schedules,
    "set-request-rate": request_rate.limit,
    "metric-reads": metric_reads.reads,
    "delay-history": cloudtrail.delay_history,
}
