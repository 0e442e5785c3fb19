"""Three versions whose events arrive twice from each of two sources, in random order and at the same time."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.rollout import shop_with_canaries
from tests.e2e.stories.starts import published_event

VERSIONS = ("2", "3", "4")


@dataclass(frozen=True)
class DuplicateEvents:
    """A function, and the executions of each of its versions."""

    shop: Shop
    executions: dict[str, list[str]]


def events_arrive_twice(stack: Stack) -> DuplicateEvents:
    """Publish every event, and wait until all rollouts have ended."""
    shop = shop_with_canaries(stack, "duplicate-events", count=len(VERSIONS))
    sources = (_publish_event, _deliver_event)
    events = [partial(send, stack, shop, version) for send in sources for version in VERSIONS for _ in range(2)]
    Random(7).shuffle(events)  # noqa: S311 - a seed makes every run the same
    with shop.traffic(per_second=3, callers=2):
        with ThreadPoolExecutor(len(events)) as senders:
            answers = [sent.result() for sent in [senders.submit(event) for event in events]]
        assert not any("errorMessage" in answer for answer in answers)
        # A rollout that starts after this would be missing from the count, so every event has to be handled by now.
        stack.wait_for_version_events(shop, 1 + len(VERSIONS) + len(events))
        for version in VERSIONS:
            for execution in stack.executions.of_version(shop.name, version):
                stack.executions.wait_for_end(execution)
    return DuplicateEvents(shop, {v: stack.executions.of_version(shop.name, v) for v in VERSIONS})


def _publish_event(stack: Stack, shop: Shop, version: str) -> dict[str, Any]:
    """Publish the event of a pipeline, which EventBridge delivers asynchronously."""
    detail = {"function": shop.name, "version": version, "policy": QUICK}
    event = {"Source": "rollouts", "DetailType": "Version Published", "Detail": json.dumps(detail)}
    answer = stack.client("events").put_events(Entries=[event])
    assert answer["FailedEntryCount"] == 0
    return answer


def _deliver_event(stack: Stack, shop: Shop, version: str) -> dict[str, Any]:
    """Invoke StartRollout with the event of CloudTrail; return the answer."""
    return stack.invoke("StartRolloutFunction", published_event(f"{shop.arn}:{version}"))
