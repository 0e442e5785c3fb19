"""Waits until many rollouts have ended and are settled, and reads the result of each."""

import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from stress.faults.stack import Stack
from stress.load.promises import CANARY, RolloutResult
from stress.load.rollouts import StartedRollout

_POLL_SECONDS = 0.5
_END_SECONDS = 1200
SETTLE_SECONDS = 600
"""How long after the last ending the guardian may take to repair what a rollout has left."""
_READERS = 8
_FUNCTION = re.compile(r"load-\d+-\d{3}")
_THROTTLED = "Lambda.TooManyRequestsException"


def wait_until_ended(stack: Stack, started: list[StartedRollout], show_ended: Callable[[int], object]) -> None:
    """Wait until no execution is running, or for twenty minutes; show at each poll how many have ended."""
    deadline = time.monotonic() + _END_SECONDS
    while (running := _count_running(stack)) and time.monotonic() < deadline:
        show_ended(len(started) - running)
        time.sleep(_POLL_SECONDS)
    show_ended(len(started) - running)


def wait_until_settled(stack: Stack, started: list[StartedRollout]) -> None:
    """Wait until every ledger entry is closed and every lock released, or for SETTLE_SECONDS."""
    deadline, unsettled = time.monotonic() + SETTLE_SECONDS, started
    while unsettled and time.monotonic() < deadline:
        unsettled = [rollout for rollout in unsettled if _is_open(stack, rollout)]
        time.sleep(_POLL_SECONDS)


def read_results(stack: Stack, started: list[StartedRollout]) -> list[RolloutResult]:
    """Return the result of every rollout, as AWS calls show it now."""
    counts = Counter(_function_name(execution["name"]) for execution in executions(stack))
    with ThreadPoolExecutor(_READERS) as readers:
        return list(readers.map(lambda rollout: _result(stack, rollout, counts[rollout.shop.name]), started))


def _result(stack: Stack, rollout: StartedRollout, count: int) -> RolloutResult:
    description, entries = stack.describe(rollout.execution), stack.ledger(rollout.shop)
    history = _history(stack, rollout.execution)
    return RolloutResult(
        function=rollout.shop.name,
        required_outcome=rollout.outcome,
        executions=count,
        status=description["status"],
        error=description.get("error") or "",
        cause=description.get("cause") or "",
        started_at=description["startDate"],
        stopped_at=description.get("stopDate"),
        alias=stack.alias(rollout.shop),
        entries=[entry for entry in entries if entry.get("canary_version") == CANARY],
        remaining_lock_holder=next((str(entry["holder"]) for entry in entries if entry["entry"] == "lock"), ""),
        updates=stack.audit.updates(rollout.shop.name),
        throttled_attempts=_throttled_attempts(history),
        states=Counter(_entered(event) for event in history if _entered(event)),
    )


def _is_open(stack: Stack, rollout: StartedRollout) -> bool:
    entries = stack.ledger(rollout.shop)
    return any(entry["entry"] == "lock" or entry.get("outcome") == "running" for entry in entries)


def _count_running(stack: Stack) -> int:
    return sum(execution["status"] == "RUNNING" for execution in executions(stack))


def executions(stack: Stack) -> list[dict[str, Any]]:
    """Return every execution of the rollout state machine, without its input."""
    pages = stack.client("stepfunctions").get_paginator("list_executions")
    listed = pages.paginate(stateMachineArn=stack.outputs["StateMachineArn"])
    return [execution for page in listed for execution in page["executions"]]


def _history(stack: Stack, execution: str) -> list[dict[str, Any]]:
    pages = stack.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
    return [event for page in pages for event in page["events"]]


def _entered(event: dict[str, Any]) -> str:
    """Return the state that an event enters; empty for other events."""
    return str(event.get("stateEnteredEventDetails", {}).get("name", ""))


def _throttled_attempts(history: list[dict[str, Any]]) -> list[int]:
    """Return, for each state that the execution entered, how many attempts Lambda throttled."""
    counts = [0]
    for event in history:
        if _entered(event):
            counts.append(0)
        counts[-1] += event.get("taskFailedEventDetails", {}).get("error") == _THROTTLED
    return counts


def _function_name(execution_name: str) -> str:
    """Return the function of an execution: StartRollout and a release add the version, their name or a hash to it."""
    found = _FUNCTION.search(execution_name)
    return found[0] if found else execution_name
