"""Functions that are killed while they work, and the name that gets."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Iterator
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from sandbox.emulator.seams import Original, Record, extends

_DIED = "Worker process died"
_doing: dict[int, str] = {}
"""What each worker is working on, as text, by the identity of the worker."""


@extends(lambda_runtime.Worker, "invoke")
def _know_what_it_does(original: Original, worker: object, event: object, *args: object, **kwargs: object) -> Record:
    _doing[id(worker)] = json.dumps(event)
    try:
        result: Record = original(worker, event, *args, **kwargs)
    finally:
        del _doing[id(worker)]
    return result


def kill(role: str, mentions: str) -> None:
    """Kill the workers that act under this role on this event, as the kernel would."""
    for worker in _workers_of(role):
        if mentions in _doing.get(id(worker), ""):
            worker._proc.kill()


def _workers_of(role: str) -> Iterator[Any]:
    with lambda_runtime._lock:
        workers = [worker for pool in lambda_runtime._workers.values() for worker in pool]
    return (worker for worker in workers if worker.config.get("Role", "").endswith(f"/{role}"))


@extends(lambda_svc, "_execute_function_warm")
def _name_deaths(original: Original, *args: object) -> Record:
    """A process that dies is a Runtime.ExitError on AWS, which is worth a retry; MiniStack has one name for all."""
    result: Record = original(*args)
    body = result.get("body")
    if isinstance(body, dict) and body.get("errorMessage") == _DIED:
        body.update(errorType="Runtime.ExitError", errorMessage="Error: Runtime exited with error: signal: killed")
    return result
