"""Functions of which each has a version nobody rolled out, and the rollouts of all of them at once."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sandbox.shop import Shop
from stress.faults.cloud import Cloud
from stress.load.promises import CANARY, PROMOTED, ROLLED_BACK

POLICY = {
    "steps": [{"percent": 10, "hold": 5}, {"percent": 50, "hold": 5}],
    "bake": 5,
    "interval": 5,
    "min_invocations": 1,
    "max_extension": 5,
    "on_inconclusive": "promote",
}
"""Nobody calls these functions, so every step waits for calls as long as it may, and the policy decides its end."""
_ROLLED_BACK_ONE_IN = 5
_HANDS = 8
_STARTERS = 16
_EVENTS_SECONDS = 180


class CrowdError(Exception):
    """When the functions could not be made ready for their rollouts."""


@dataclass(frozen=True)
class Started:
    """A rollout that was started, and the ending that its policy leads to."""

    shop: Shop
    outcome: str
    execution: str


def opened(cloud: Cloud, count: int) -> list[Shop]:
    """Make so many opted-in functions, whose second version was published too early to be rolled out by its event."""
    shops = [Shop(cloud.local, f"load-{count}-{number:03}") for number in range(1, count + 1)]
    with ThreadPoolExecutor(_HANDS) as hands:
        list(hands.map(_open, shops))
        _until_left_alone(cloud, shops)
        list(hands.map(Shop.opt_in, shops))
    return shops


def _open(shop: Shop) -> None:
    shop.open(opted_in=False)
    shop.publish(delay_ms=1)


def _until_left_alone(cloud: Cloud, shops: list[Shop]) -> None:
    """Wait until the events of both versions have been looked at: told later, they would start rollouts too."""
    deadline = time.monotonic() + _EVENTS_SECONDS
    while any(cloud.heard.events_looked_at(shop.name) < int(CANARY) for shop in shops):
        if time.monotonic() > deadline:
            raise CrowdError(f"The events of new versions were not all looked at within {_EVENTS_SECONDS} seconds.")
        time.sleep(0.2)


def started(cloud: Cloud, shops: list[Shop]) -> list[Started]:
    """Start a rollout of every function, all within a moment."""
    with ThreadPoolExecutor(_STARTERS) as starters:
        return list(starters.map(lambda each: _start(cloud, *each), _outcomes(shops)))


def _outcomes(shops: list[Shop]) -> Iterator[tuple[Shop, str]]:
    for number, shop in enumerate(shops):
        yield shop, PROMOTED if number % _ROLLED_BACK_ONE_IN else ROLLED_BACK


def _start(cloud: Cloud, shop: Shop, outcome: str) -> Started:
    way = {} if outcome == PROMOTED else {"on_inconclusive": "roll_back"}
    asked: dict[str, Any] = {"function": shop.name, "version": int(CANARY), "policy": POLICY | way}
    answer = cloud.client("stepfunctions").start_execution(
        stateMachineArn=cloud.outputs["StateMachineArn"], name=shop.name, input=json.dumps(asked)
    )
    return Started(shop, outcome, answer["executionArn"])
