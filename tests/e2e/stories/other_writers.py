"""Other writers of an alias: one deletes it and creates it again, another moves it outside a rollout."""

from dataclasses import dataclass
from typing import Any

from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start
from tests.e2e.waiting import wait_for


@dataclass(frozen=True)
class MovedAlias:
    """An alias that was moved after a rollout, and the event that reports it."""

    rollouts: tuple[FinishedRollout, FinishedRollout]
    moves: list[dict[str, Any]]


def alias_is_created_again_and_then_moved(stack: Stack) -> MovedAlias:
    """The alias is missing in the bake of version 2, and when version 3 begins; afterwards it is moved by hand."""
    shop = shop_with_canaries(stack, "created-again", count=2)
    functions, alias = stack.client("lambda"), {"FunctionName": shop.name, "Name": shop.alias}
    with shop.traffic(per_second=3, callers=2):
        first = start(stack, shop, version=2, policy=QUICK | {"bake": 30})
        stack.executions.wait_for_state(first, "WaitForMetrics", after="PromoteVersion")
        functions.delete_alias(**alias)
        stack.executions.wait_for_state(first, "JudgeCanary", after="PromoteVersion")
        functions.create_alias(**alias, FunctionVersion="2")
        promoted = finish(stack, shop, first)
        functions.delete_alias(**alias)
        second = start(stack, shop, version=3, policy=QUICK)
        stack.executions.wait_for_state(second, "WaitForTurn")
        functions.create_alias(**alias, FunctionVersion="2")
        rollouts = promoted, finish(stack, shop, second)
    shop.update_alias(FunctionVersion="2")
    arn = f"{shop.arn}:{shop.alias}"
    return MovedAlias(rollouts, wait_for(lambda: stack.listener.moves(arn), lambda: "The move was not reported."))
