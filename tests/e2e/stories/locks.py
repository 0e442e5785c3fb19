"""Rollouts that are stopped, queued, superseded, or meet an outside change of the alias."""

from tests.e2e.stack import Stack
from tests.e2e.stories.policies import LONG, QUICK, TWO_STEPS
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start, stop
from tests.e2e.stories.writers import NamedMove, move_and_name


def outside_change_moves_alias(stack: Stack) -> NamedMove:
    shop = shop_with_canaries(stack, "moved", count=2)
    with shop.traffic(per_second=2, callers=2):
        execution = start(stack, shop, version=3, policy=TWO_STEPS)
        stack.executions.wait_for_state(execution, "WaitForMetrics")
        alias = {"FunctionVersion": "2", "RoutingConfig": {"AdditionalVersionWeights": {}}}
        return move_and_name(stack, shop, execution, **alias)


def outside_change_edits_weights(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "edited")
    with shop.traffic(per_second=2, callers=2):
        execution = start(stack, shop, policy=QUICK)
        stack.executions.wait_for_state(execution, "WaitForMetrics")
        shop.update_alias(RoutingConfig={"AdditionalVersionWeights": {"2": 0.6}})
        return finish(stack, shop, execution)


def stopped_in_step(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "stopped")
    execution = start(stack, shop, policy=LONG)
    stack.executions.wait_for_state(execution, "WaitForMetrics")
    return stop(stack, shop, execution)


def stopped_in_bake(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "stopped-in-bake")
    with shop.traffic(per_second=3, callers=2):
        execution = start(stack, shop, policy=QUICK | {"bake": 300})
        stack.executions.wait_for_state(execution, "WaitForMetrics", after="PromoteVersion")
        return stop(stack, shop, execution)


def newer_versions_queue(stack: Stack) -> list[FinishedRollout]:
    """Version 3 waits for version 2, until version 4 takes its place in the queue; version 4 follows version 2.

    Version 2 bakes until both have come, on a busy machine, too.
    """
    shop = shop_with_canaries(stack, "queued", count=3)
    with shop.traffic(per_second=3, callers=2):
        executions = []
        for version in (2, 3, 4):
            policy = QUICK | {"bake": 40} if version == 2 else QUICK
            executions.append(start(stack, shop, version=version, policy=policy))
            stack.executions.wait_for_state(executions[-1], "WaitForMetrics" if version == 2 else "WaitForTurn")
        return [finish(stack, shop, execution) for execution in executions]


def newer_version_supersedes(stack: Stack) -> list[FinishedRollout]:
    shop = shop_with_canaries(stack, "superseded", count=2)
    with shop.traffic(per_second=3, callers=2):
        first = start(stack, shop, version=2, policy=LONG)
        stack.executions.wait_for_state(first, "WaitForMetrics")
        second = start(stack, shop, policy=QUICK | {"on_newer_version": "supersede"})
        return [finish(stack, shop, execution) for execution in (first, second)]
