"""A dry run of a rollout that is possible, and of one that is refused."""

import time
from dataclasses import dataclass
from typing import Any

from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.rollout import FinishedRollout, roll_out, shop_with_canaries

_CALLS_PER_SECOND = 6
_HISTORY_SECONDS = 25
_POLICY = {"steps": [{"percent": 2, "hold": 20}, {"percent": 50, "hold": 20}], "bake": 20, "interval": 5}
_WRONG = {"version": 99, "alias": "beta", "policy": {"steps": [], "backe": 5}}


@dataclass(frozen=True)
class DryRuns:
    """The answers of the two dry runs, and the alias before and after them."""

    shop: Shop
    possible: FinishedRollout
    refused: FinishedRollout
    aliases: tuple[Any, Any]
    calls_per_second: float
    """The calls that the alias answered: a busy machine makes fewer than _CALLS_PER_SECOND."""


def dry_runs(stack: Stack) -> DryRuns:
    shop = shop_with_canaries(stack, "dry-run")
    with shop.traffic(per_second=_CALLS_PER_SECOND, callers=3) as traffic:
        time.sleep(_HISTORY_SECONDS)
        made = traffic.served.total() / _HISTORY_SECONDS
        before = _alias(stack, shop)
        possible = roll_out(stack, shop, dry_run=True, policy=_POLICY)
        refused = roll_out(stack, shop, dry_run=True, **_WRONG)
        return DryRuns(shop, possible, refused, (before, _alias(stack, shop)), made)


def _alias(stack: Stack, shop: Shop) -> tuple[Any, ...]:
    alias = stack.client("lambda").get_alias(FunctionName=shop.name, Name=shop.alias)
    return alias["FunctionVersion"], alias.get("RoutingConfig"), alias["RevisionId"]
