"""Executions: their start, retries, stop and timeout."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import contextvars
import json
import random
import re
import threading
from collections.abc import Callable

from ministack.services import stepfunctions

from sandbox.emulator.seams import Answer, Original, Record, extends

current: contextvars.ContextVar[Record] = contextvars.ContextVar("execution")
_MAX_PAYLOAD_BYTES = 262_144
_NOT_CAUGHT_BY_ALL = {"States.Runtime", "States.DataLimitExceeded"}


@extends(stepfunctions, "_start_execution")
def _return_running_execution(original: Callable[..., Answer], request: Record) -> Answer:
    """A start with the name and the input of a running execution returns that execution."""
    status, headers, body = original(request)
    if b"ExecutionAlreadyExists" in body and (arn := re.search(rb"'(arn:[^']+)'", body)):
        execution = stepfunctions._executions.get(arn.group(1).decode())
        if execution["status"] == "RUNNING" and execution["input"] == request.get("input", "{}"):
            body = json.dumps({name: execution[name] for name in ("executionArn", "startDate")}).encode()
            return 200, headers, body
    return status, headers, body


@extends(stepfunctions, "_run_execution")
def _run_with_timeout(original: Original, arn: str) -> None:
    execution = stepfunctions._executions.get(arn)
    current.set(execution)
    if seconds := _definition(execution).get("TimeoutSeconds"):
        in_scope = contextvars.copy_context().run
        timer = threading.Timer(seconds * stepfunctions._SFN_WAIT_SCALE, in_scope, (_time_out, execution))
        timer.daemon = True
        timer.start()
    original(arn)


def _definition(execution: Record) -> Record:
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) or {}
    definition: Record = json.loads(machine.get("definition") or "{}")
    return definition


def _time_out(execution: Record) -> None:
    if execution["status"] == "RUNNING":
        execution.update(status="TIMED_OUT", stopDate=stepfunctions.now_iso())
        stepfunctions._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
        stepfunctions._emit_execution_status_event(execution)


@extends(stepfunctions, "_fail_execution")
def _fail_only_while_running(original: Original, execution: Record, error: str, cause: str) -> None:
    """A task that raises after StopExecution does not turn ABORTED into FAILED."""
    if execution["status"] == "RUNNING":
        original(execution, error, cause)


@extends(stepfunctions, "_invoke_resource")
def _invoke_only_while_running(original: Original, resource: str, task_input: object) -> object:
    """A stopped execution starts no further attempt; MiniStack's retries would go on."""
    if current.get()["status"] != "RUNNING":
        raise SystemExit  # ends only this thread; no handler catches it
    return original(resource, task_input)


@extends(stepfunctions, "_call_lambda")
def _report_throttle(original: Original, reference: str, event: object) -> object:
    try:
        return original(reference, event)
    except stepfunctions._ExecutionError as failure:
        if '"__type": "TooManyRequestsException"' in failure.cause:
            failure.error = "Lambda.TooManyRequestsException"
        raise


@extends(stepfunctions, "_find_matching_retrier")
def _set_retry_delay(
    original: Original, retriers: list[Record], error: str, counts: dict[int, int]
) -> tuple[Record | None, int]:
    """MiniStack ignores MaxDelaySeconds and JitterStrategy, so return a retrier with the final delay."""
    retrier, index = original(retriers, error, counts)
    if retrier is None:
        return retrier, index
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** counts.get(index, 0)
    delay = min(delay, retrier.get("MaxDelaySeconds", delay))
    if retrier.get("JitterStrategy") == "FULL":
        delay = random.uniform(0, delay)  # noqa: S311 - chance, not secrecy
    return {**retrier, "IntervalSeconds": delay, "BackoffRate": 1.0}, index


@extends(stepfunctions, "_error_matches")
def _match_error(original: Original, names: list[str], error: str) -> bool:
    """States.ALL and States.TaskFailed do not catch the two errors that mean an invalid definition."""
    return error in names if error in _NOT_CAUGHT_BY_ALL else bool(original(names, error))


@extends(stepfunctions, "_apply_parameters")
def _limit_payload(original: Original, state: Record, *rest: object) -> object:
    """The input of a state has at most 256 KB after its Parameters; the error is none that States.ALL catches."""
    effective = original(state, *rest)
    _limit(effective, "The state's input")
    return effective


@extends(stepfunctions, "_invoke_resource")
def _limit_result(original: Original, resource: str, task_input: object) -> object:
    """The result of a task has at most 256 KB, before its ResultSelector."""
    result = original(resource, task_input)
    _limit(result, f"The result of the task {resource}")
    return result


@extends(stepfunctions, "_execute_map")
def _limit_output(original: Original, state: Record, *rest: object) -> object:
    """The output of a Map state has at most 256 KB; its Catch takes the error, if it names it."""
    limited = {name: value for name, value in state.items() if name != "Catch"}
    return stepfunctions._with_retry_and_catch(
        {"Catch": state.get("Catch", [])}, rest[0], rest[2], lambda: _limited(original(limited, *rest))
    )


def _limited(output_and_next: tuple[object, object]) -> tuple[object, object]:
    _limit(output_and_next[0], "The output of the Map state")
    return output_and_next


def _limit(value: object, subject: str) -> None:
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > _MAX_PAYLOAD_BYTES:
        cause = f"{subject} is larger than the maximum number of bytes that the service allows."
        raise stepfunctions._ExecutionError("States.DataLimitExceeded", cause)


@extends(stepfunctions, "_execute_task")
def _read_timeout_path(original: Original, state: Record, task_input: Record, *rest: object) -> object:
    """MiniStack ignores TimeoutSecondsPath."""
    if path := state.get("TimeoutSecondsPath"):
        state = {**state, "TimeoutSeconds": stepfunctions._resolve_path_or_ctx(path, task_input, rest[-1])}
    return original(state, task_input, *rest)
