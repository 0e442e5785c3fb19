"""Orders to the emulator that no AWS takes, at its own port: faults, limits, events told again, time out, a pace.

`POST /_sandbox/WORD` with a JSON object gives the order named WORD; the answer is JSON.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Awaitable, Callable

from ministack import app
from ministack.core import responses
from ministack.services import eventbridge, stepfunctions

from sandbox.emulator.faults import injection
from sandbox.emulator.lambda_ import request_rate
from sandbox.emulator.seams import Answer, Original, Record, extends
from sandbox.emulator.stepfunctions import executions

_PREFIX = "/_sandbox/"
_published: list[tuple[str, str, Record]] = []
"""What CloudTrail has told of versions that were published, with the account and the region it was told in."""
_pace = [1.0]
_TICK_SECONDS = eventbridge._SCHEDULER_TICK_INTERVAL


@extends(app, "_handle_admin_config_request")
async def _take_order(original: Callable[..., Awaitable[Answer | None]], path: str, method: str, body: bytes) -> object:
    order = _ORDERS.get(path.removeprefix(_PREFIX)) if path.startswith(_PREFIX) and method == "POST" else None
    if order is None:
        return await original(path, method, body)
    try:
        status, said = 200, order(**json.loads(body or b"{}"))
    except Exception as error:  # noqa: BLE001 - the one who gave the order is told
        status, said = 400, repr(error)
    return status, {"Content-Type": "application/json"}, json.dumps(said).encode()


def _redeliver(mentions: str) -> int:
    """Tell once more of the versions published of something, as EventBridge may; return how many there were."""
    again = [told for told in _published if mentions in told[-1]["Detail"]]
    for account, region, entry in again:
        _published.remove((account, region, entry))  # told again, it is remembered again
        with responses.request_scope(account, region):
            eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    return len(again)


@extends(eventbridge, "_put_events")
def _remember(original: Original, request: Record, *args: object, **kwargs: object) -> object:
    entries = request.get("Entries", [])
    told = [entry for entry in entries if '"eventName": "PublishVersion' in entry.get("Detail", "")]
    _published.extend((responses.get_account_id(), responses.get_region(), entry) for entry in told)
    return original(request, *args, **kwargs)


def _time_out(execution: str) -> str:
    """Let the time of an execution run out now; return its status."""
    region, account = execution.split(":")[3:5]
    with responses.request_scope(account, region):
        found = stepfunctions._executions.get(execution)
        executions._time_out(found)
    return str(found["status"])


def _set_pace(pace: float) -> float:
    """Let retries of state machines wait, and rules with a rate pause, for this share of their time."""
    _pace[:] = [pace]
    eventbridge._SCHEDULER_TICK_INTERVAL = min(_TICK_SECONDS, max(1, _TICK_SECONDS * pace))
    return pace


def _tick() -> None:
    """Let the rules that are due by now fire at once; EventBridge looks every ten seconds."""
    eventbridge._tick_scheduled_rules()


@extends(stepfunctions, "_find_matching_retrier")
def _retry_at_pace(original: Original, *failed: object) -> tuple[Record | None, int]:
    retrier, index = original(*failed)
    if retrier is None:
        return retrier, index
    return {**retrier, "IntervalSeconds": retrier["IntervalSeconds"] * _pace[0]}, index


@extends(eventbridge, "_parse_rate_seconds")
def _fire_at_pace(original: Original, expression: str) -> float | None:
    seconds: float | None = original(expression)
    return seconds * _pace[0] if seconds else seconds


_ORDERS: dict[str, Callable[..., object]] = {
    "fault": injection.arm,
    "faults": injection.shown,
    "no-fault": injection.disarm,
    "redeliver": _redeliver,
    "time-out": _time_out,
    "pace": _set_pace,
    "tick": _tick,
    "request-rate": request_rate.limit,
}
