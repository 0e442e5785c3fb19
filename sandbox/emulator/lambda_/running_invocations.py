"""An update of a function lets the invocations that run end in their environments, as on AWS; MiniStack kills them."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc

from sandbox.emulator.seams import Answer, Original, extends

_LEFT = " before an update"
"""The end of the key under which busy workers are kept: no later invocation finds them, and they end when idle."""


@extends(lambda_svc, "_update_code")
def _update_code(original: Original, name: str, *arguments: object, **named: object) -> Answer:
    _keep_busy_workers(name)
    answer: Answer = original(name, *arguments, **named)
    return answer


@extends(lambda_svc, "_update_config")
def _update_config(original: Original, name: str, *arguments: object, **named: object) -> Answer:
    _keep_busy_workers(name)
    answer: Answer = original(name, *arguments, **named)
    return answer


def _keep_busy_workers(name: str) -> None:
    """Hide the busy workers of a function's unpublished code from the update, which kills what it finds."""
    key = f"{get_account_id()}:{get_region()}:{name}:$LATEST"
    with lambda_runtime._lock:
        workers = lambda_runtime._workers.get(key, [])
        busy = [worker for worker in workers if worker.in_use]
        workers[:] = [worker for worker in workers if not worker.in_use]
        if busy:
            lambda_runtime._workers.setdefault(key + _LEFT, []).extend(busy)
