"""Pruners of old versions: they delete what no alias references."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import AT_ONCE
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canary_of_other_role, start


@dataclass(frozen=True)
class PrunedRollout(FinishedRollout):
    """A rollout that was rolled back from the bake, while a pruner deleted versions."""

    in_bake: str
    """What Lambda answered when the pruner deleted stable in the bake."""
    at_end: str
    """What Lambda answered when the pruner deleted the canary after the end."""


def other_role_fails_in_bake(stack: Stack) -> PrunedRollout:
    """The alias serves the canary alone in the bake, so only the stable alias keeps stable from the pruner."""
    shop = shop_with_canary_of_other_role(stack, "at-once-faulty", fault_percent=60)
    _leave_stable_alias_behind(stack, shop)
    with shop.traffic(per_second=4, callers=2):
        execution = start(stack, shop, policy=AT_ONCE | {"bake": 90})
        stack.executions.wait_for_state(execution, "WaitForMetrics", after="PromoteVersion")
        in_bake = _prune(stack, shop, "1")
        rollout = finish(stack, shop, execution)
    return PrunedRollout(shop, execution, rollout.description, in_bake, _prune(stack, shop, "2"))


def _leave_stable_alias_behind(stack: Stack, shop: Shop) -> None:
    """Create the stable alias of an earlier rollout that could not delete it."""
    description = "Lambda Rollouts keeps this version for a rollback, for execution of-yesterday"
    alias = {"Name": "rollout-stable-live", "FunctionVersion": "2", "Description": description}
    stack.client("lambda").create_alias(FunctionName=shop.name, **alias)


def _prune(stack: Stack, shop: Shop, version: str) -> str:
    """Delete a version; return the error code of Lambda, or `deleted`."""
    try:
        stack.client("lambda").delete_function(FunctionName=shop.name, Qualifier=version)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "deleted"
