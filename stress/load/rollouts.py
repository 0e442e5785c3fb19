"""Creates functions with a new version each, and starts a rollout of every function at about the same time."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sandbox.shop import Shop
from stress.faults.stack import Stack
from stress.load.promises import CANARY, PROMOTED, ROLLED_BACK

POLICY = {
    "steps": [{"percent": 10, "hold": 5}, {"percent": 50, "hold": 5}],
    "bake": 5,
    "interval": 5,
    "min_invocations": 1,
    "max_extension": 5,
    "on_inconclusive": "promote",
}
"""The functions get no calls: every step is extended as far as the policy allows, then on_inconclusive applies."""
_ROLLED_BACK_ONE_IN = 5
_CREATORS = 8
_STARTERS = 16
_EVENTS_SECONDS = 180


class FunctionsNotReadyError(Exception):
    """When the functions are not ready for their rollouts in time."""


@dataclass(frozen=True)
class StartedRollout:
    """A started rollout, and the outcome that its policy requires."""

    shop: Shop
    outcome: str
    execution: str


def create_functions(stack: Stack, count: int) -> list[Shop]:
    """Create opted-in functions. Their second version is published before the opt-in, so its event starts no rollout.

    Raise FunctionsNotReadyError if StartRollout does not handle the events in time.
    """
    shops = [Shop(stack.local, f"load-{count}-{number:03}") for number in range(1, count + 1)]
    with ThreadPoolExecutor(_CREATORS) as creators:
        list(creators.map(_create_function, shops))
        _wait_for_events(stack, shops)
        list(creators.map(Shop.opt_in, shops))
    return shops


def _create_function(shop: Shop) -> None:
    shop.create(opted_in=False)
    shop.publish(delay_ms=1)


def _wait_for_events(stack: Stack, shops: list[Shop]) -> None:
    """Wait until StartRollout has handled the events of both versions: after the opt-in they would start rollouts."""
    deadline = time.monotonic() + _EVENTS_SECONDS
    while any(stack.audit.handled_version_events(shop.name) < int(CANARY) for shop in shops):
        if time.monotonic() > deadline:
            raise FunctionsNotReadyError(
                f"StartRollout has not handled the events of all versions within {_EVENTS_SECONDS} seconds. Run the"
                f" program again, with fewer rollouts (--rollouts) on a slow machine."
            )
        time.sleep(0.2)


def start_rollouts(stack: Stack, shops: list[Shop]) -> list[StartedRollout]:
    """Start a rollout of every function, as fast as Step Functions accepts them."""
    with ThreadPoolExecutor(_STARTERS) as starters:
        return list(starters.map(lambda pair: _start(stack, *pair), _required_outcomes(shops)))


def _required_outcomes(shops: list[Shop]) -> Iterator[tuple[Shop, str]]:
    for number, shop in enumerate(shops):
        yield shop, PROMOTED if number % _ROLLED_BACK_ONE_IN else ROLLED_BACK


def _start(stack: Stack, shop: Shop, outcome: str) -> StartedRollout:
    on_inconclusive = {} if outcome == PROMOTED else {"on_inconclusive": "roll_back"}
    request: dict[str, Any] = {"function": shop.name, "version": int(CANARY), "policy": POLICY | on_inconclusive}
    response = stack.client("stepfunctions").start_execution(
        stateMachineArn=stack.outputs["StateMachineArn"], name=shop.name, input=json.dumps(request)
    )
    return StartedRollout(shop, outcome, response["executionArn"])
