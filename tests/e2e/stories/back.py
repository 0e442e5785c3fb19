"""An alias that returns to the version before."""

from tests.e2e.stack import Stack
from tests.e2e.stories.policies import AT_ONCE
from tests.e2e.stories.rollout import FinishedRollout, roll_out, shop_with_canaries


def version_is_withdrawn(stack: Stack) -> list[FinishedRollout]:
    """Version 2 is promoted, an operator returns to version 1, and a dry run asks for version 2 again."""
    shop = shop_with_canaries(stack, "back")
    with shop.traffic(per_second=3, callers=2):
        promoted = roll_out(stack, shop, policy=AT_ONCE)
        back = roll_out(stack, shop, back=True, policy=AT_ONCE)
    return [promoted, back, roll_out(stack, shop, version=2, dry_run=True)]
