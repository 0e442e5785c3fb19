"""Faulty versions, rolled back while the code of RollBack cannot be loaded."""

from sandbox.accounts import MEMBER
from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.rollout import FinishedRollout, roll_out, shop_with_canaries


def alias_is_restored(stack: Stack) -> FinishedRollout:
    return _roll_back_without_code(stack, shop_with_canaries(stack, "restored", canary={"fault_percent": 100}))


def member_alias_is_restored(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "member-restored", canary={"fault_percent": 100}, account=MEMBER)
    return _roll_back_without_code(stack, shop)


def break_rollback(stack: Stack, shop: Shop) -> None:
    """Let Lambda find no code for RollBack in the rollouts of a shop."""
    stack.inject_fault(
        action="lambda:InvokeFunction",
        caller="RollBackFunction",
        contains=f'"{shop.name}"',
        code="Runtime.ImportModuleError",
    )


def _roll_back_without_code(stack: Stack, shop: Shop) -> FinishedRollout:
    break_rollback(stack, shop)
    with shop.traffic(per_second=4, callers=2):
        return roll_out(stack, shop, policy=QUICK)
