"""Kills functions during an invocation, and names the resulting error."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Iterator
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from sandbox.emulator.seams import Original, Record, extends

_DIED = "Worker process died"
_events: dict[int, str] = {}
"""The event that each worker processes, as text, by the worker's identity."""


@extends(lambda_runtime.Worker, "invoke")
def _record_event(original: Original, worker: object, event: object, *args: object, **kwargs: object) -> Record:
    _events[id(worker)] = json.dumps(event)
    try:
        result: Record = original(worker, event, *args, **kwargs)
    finally:
        del _events[id(worker)]
    return result


def kill(role: str, contains: str) -> None:
    """Send SIGKILL to the workers with this role whose event contains this text."""
    for worker in _workers_of(role):
        if contains in _events.get(id(worker), ""):
            worker._proc.kill()


def _workers_of(role: str) -> Iterator[Any]:
    with lambda_runtime._lock:
        workers = [worker for pool in lambda_runtime._workers.values() for worker in pool]
    return (worker for worker in workers if worker.config.get("Role", "").endswith(f"/{role}"))


@extends(lambda_svc, "_execute_function_warm")
def _name_deaths(original: Original, *args: object) -> Record:
    """On AWS, a process that dies is a Runtime.ExitError, which is retried; MiniStack has one error name for all."""
    result: Record = original(*args)
    body = result.get("body")
    if isinstance(body, dict) and body.get("errorMessage") == _DIED:
        body.update(errorType="Runtime.ExitError", errorMessage="Error: Runtime exited with error: signal: killed")
    return result
