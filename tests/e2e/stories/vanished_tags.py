"""Rollouts whose function loses its tag after the first share, as when Terraform removes a tag it does not know."""

from sandbox.accounts import MEMBER
from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import LONG, TWO_STEPS
from tests.e2e.stories.restore_alias import break_rollback
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start, stop

VANISHED = "tag-vanished"
"""The end of the names of these functions; IAM denies each of them its next share."""


def tag_vanishes(stack: Stack) -> FinishedRollout:
    return _roll_out_without_tag(stack, _shop(stack, "own"))


def member_tag_vanishes(stack: Stack) -> FinishedRollout:
    return _roll_out_without_tag(stack, _shop(stack, "member", account=MEMBER))


def tag_vanishes_and_rollback_cannot_run(stack: Stack) -> FinishedRollout:
    shop = _shop(stack, "own-restored")
    break_rollback(stack, shop)
    return _roll_out_without_tag(stack, shop)


def member_tag_vanishes_and_rollback_cannot_run(stack: Stack) -> FinishedRollout:
    shop = _shop(stack, "member-restored", account=MEMBER)
    break_rollback(stack, shop)
    return _roll_out_without_tag(stack, shop)


def tag_vanishes_and_rollout_is_stopped(stack: Stack) -> FinishedRollout:
    return _stop_without_tag(stack, _shop(stack, "own-stopped"))


def member_tag_vanishes_and_rollout_is_stopped(stack: Stack) -> FinishedRollout:
    return _stop_without_tag(stack, _shop(stack, "member-stopped", account=MEMBER))


def _shop(stack: Stack, name: str, account: str | None = None) -> Shop:
    return shop_with_canaries(stack, f"{name}-{VANISHED}", account=account)


def _roll_out_without_tag(stack: Stack, shop: Shop) -> FinishedRollout:
    with shop.traffic(per_second=3, callers=2):
        execution = start(stack, shop, policy=TWO_STEPS)
        stack.executions.wait_for_state(execution, "WaitForMetrics")
        shop.opt_out()
        return finish(stack, shop, execution)


def _stop_without_tag(stack: Stack, shop: Shop) -> FinishedRollout:
    execution = start(stack, shop, policy=LONG)
    stack.executions.wait_for_state(execution, "WaitForMetrics")
    shop.opt_out()
    return stop(stack, shop, execution)
