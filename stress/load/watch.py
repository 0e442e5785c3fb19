"""Watches many rollouts at once until all have ended and are settled, and tells what was seen of each."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from stress.faults.cloud import Cloud
from stress.load.crowd import Started
from stress.load.promises import CANARY, Seen

_POLL_SECONDS = 0.5
_END_SECONDS = 1200
SETTLE_SECONDS = 600
"""So long after the last ending a guardian may take to put in order what a rollout has left."""
_READERS = 8
_THROTTLE = "Lambda.TooManyRequestsException"


def until_ended(cloud: Cloud, crowd: list[Started], say: Callable[[int], object]) -> None:
    """Wait until no execution runs any more, or for twenty minutes; say each time how many have ended."""
    deadline = time.monotonic() + _END_SECONDS
    while (running := _running(cloud)) and time.monotonic() < deadline:
        say(len(crowd) - running)
        time.sleep(_POLL_SECONDS)
    say(len(crowd) - running)


def until_settled(cloud: Cloud, crowd: list[Started]) -> None:
    """Wait until ledger and claims of all are closed, for as long as the guardian may take."""
    deadline, unsettled = time.monotonic() + SETTLE_SECONDS, crowd
    while unsettled and time.monotonic() < deadline:
        unsettled = [one for one in unsettled if _is_open(cloud, one)]
        time.sleep(_POLL_SECONDS)


def seen(cloud: Cloud, crowd: list[Started]) -> list[Seen]:
    """Return what is to be seen of every rollout now."""
    executions = Counter(_function(one["name"]) for one in _executions(cloud))
    with ThreadPoolExecutor(_READERS) as readers:
        return list(readers.map(lambda one: _see(cloud, one, executions[one.shop.name]), crowd))


def _see(cloud: Cloud, one: Started, executions: int) -> Seen:
    described, entries = cloud.describe(one.execution), cloud.ledger(one.shop)
    return Seen(
        function=one.shop.name,
        wanted=one.outcome,
        executions=executions,
        status=described["status"],
        error=described.get("error") or "",
        cause=described.get("cause") or "",
        started_at=described["startDate"],
        stopped_at=described.get("stopDate"),
        alias=cloud.alias(one.shop),
        rollouts=[entry for entry in entries if entry.get("canary_version") == CANARY],
        claim_left=next((str(entry["holder"]) for entry in entries if entry["entry"] == "lock"), ""),
        updates=cloud.heard.updates(one.shop.name),
        throttles=_throttles(cloud, one.execution),
    )


def _is_open(cloud: Cloud, one: Started) -> bool:
    return any(entry["entry"] == "lock" or entry.get("outcome") == "running" for entry in cloud.ledger(one.shop))


def _running(cloud: Cloud) -> int:
    return sum(one["status"] == "RUNNING" for one in _executions(cloud))


def _executions(cloud: Cloud) -> list[dict[str, Any]]:
    pages = cloud.client("stepfunctions").get_paginator("list_executions")
    listed = pages.paginate(stateMachineArn=cloud.outputs["StateMachineArn"])
    return [execution for page in listed for execution in page["executions"]]


def _throttles(cloud: Cloud, execution: str) -> list[int]:
    """Return how often Lambda had no room, for each state that an execution entered."""
    pages = cloud.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
    counts = [0]
    for event in (event for page in pages for event in page["events"]):
        if "stateEnteredEventDetails" in event:
            counts.append(0)
        counts[-1] += event.get("taskFailedEventDetails", {}).get("error") == _THROTTLE
    return counts


def _function(execution_name: str) -> str:
    """Return which function an execution is about: an event's has the version and a hash after it."""
    return "-".join(execution_name.split("-")[:3])
