"""What the stories share: a rollout that has ended, and the ways to get there."""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.accounts import HOME
from sandbox.shop import Shop
from tests.e2e.stack import Stack


@dataclass(frozen=True)
class FinishedRollout:
    """A rollout that has ended."""

    shop: Shop
    execution: str
    description: dict[str, Any]

    @property
    def ending(self) -> str:
        """The error of a failed execution, or the status of any other."""
        return self.description.get("error", self.description["status"])

    @property
    def cause(self) -> str:
        return self.description["cause"]

    @property
    def output(self) -> dict[str, Any]:
        return json.loads(self.description["output"])


def start(stack: Stack, shop: Shop, **request: Any) -> str:
    """Start a rollout as an operator does; return the ARN of the execution."""
    return stack.executions.start({"function": shop.name if shop.account == HOME else shop.arn} | request)


def finish(stack: Stack, shop: Shop, execution: str) -> FinishedRollout:
    """Wait for the end of an execution."""
    return FinishedRollout(shop, execution, stack.executions.wait_for_end(execution))


def roll_out(stack: Stack, shop: Shop, **request: Any) -> FinishedRollout:
    """Start a rollout as an operator does, and wait for its end."""
    return finish(stack, shop, start(stack, shop, **request))


def stop(stack: Stack, shop: Shop, execution: str) -> FinishedRollout:
    """Stop an execution as an operator does, and wait for the guardian."""
    stack.executions.stop(execution)
    stack.ledger.wait_until_unlocked(shop)
    return finish(stack, shop, execution)


def shop_with_canaries(
    stack: Stack, name: str, count: int = 1, canary: dict[str, float] | None = None, **options: Any
) -> Shop:
    """Return a shop with newer versions that no event rolls out: they are published before the function is tagged."""
    shop = stack.shop(name, opted_in=False, **options)
    for number in range(1, count + 1):
        shop.publish(**{"delay_ms": number, **(canary or {})})
    return _opt_in(stack, shop, versions=1 + count)


def shop_with_canary_of_other_role(stack: Stack, name: str, **canary: float) -> Shop:
    """Return a shop whose version 2 has another role, so that Lambda refuses to split an alias between the two."""
    shop = stack.shop(name, opted_in=False)
    variables = {option.upper(): str(value) for option, value in ({"delay_ms": 1} | canary).items()}
    shop.publish_with(Role=shop.role(f"{name}-other-role"), Environment={"Variables": variables})
    return _opt_in(stack, shop, versions=2)


def _opt_in(stack: Stack, shop: Shop, versions: int) -> Shop:
    stack.wait_for_version_events(shop, versions)
    shop.opt_in()
    return shop
