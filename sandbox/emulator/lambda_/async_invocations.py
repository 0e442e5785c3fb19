"""Lambda's queue of asynchronous invocations, into which EventBridge puts events: it waits for capacity and retries."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
import time
from contextvars import ContextVar

from ministack.services import eventbridge, lambda_svc

from sandbox.emulator.seams import Original, Record, extends

_LONGEST_WAIT_SECONDS = 300
_PAUSE_SECONDS = 0.2
_queued: ContextVar[bool] = ContextVar("queued", default=False)


@extends(eventbridge, "_dispatch_to_lambda")
def _enqueue(original: Original, arn: str, payload: str) -> None:
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        original(arn, payload)
        return
    token = _queued.set(True)
    try:
        lambda_svc.invoke_async_with_retry(
            lambda_svc._execution_record_for_config(function, config), json.loads(payload)
        )
    finally:
        _queued.reset(token)


@extends(lambda_svc, "_execute_function")
def _wait_for_capacity(original: Original, function: Record, event: object) -> Record:
    """On AWS, a throttled event stays in the queue, and the throttle does not count as a retry."""
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    result: Record = original(function, event)
    while _queued.get() and result.get("throttle") and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)
        result = original(function, event)
    return result
