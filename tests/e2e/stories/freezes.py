"""A freeze of the stack, and four rollouts in it. It would hold every other story, so it is played after all of them.

It ends by itself: the functions cache it for half a minute, also after an operator has deleted it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.commands import give
from tests.e2e.stories.policies import AT_ONCE, LONG, QUICK
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start
from tests.e2e.waiting import wait_for

FREEZE, POLICIES = "/rollouts/freeze", "/rollouts/policies"
FREEZE_SECONDS = 12
"""The first evaluation after the command promote is held: at most seven seconds later."""
REASON, URGENT = "holidays", "it fixes the incident"
_WITHOUT_BAKE = {"bake": 0}


@dataclass(frozen=True)
class FreezeShops:
    """The functions of the rollouts that a freeze meets."""

    held: Shop
    faulty: Shop
    published: Shop
    urgent: Shop


@dataclass(frozen=True)
class HeldRollout(FinishedRollout):
    """A rollout that has ended, with its shares while it was held."""

    shares: dict[str, float]


@dataclass(frozen=True)
class Freeze:
    """Rollouts that met a freeze, and its end as reasons have it."""

    until: str
    held: HeldRollout
    faulty: FinishedRollout
    published: FinishedRollout
    urgent: FinishedRollout


def shops_before_a_freeze(stack: Stack) -> FreezeShops:
    """Create the functions beside the other stories, which keeps the freeze short."""
    published = stack.shop("frozen-published")
    published.tag("rollout:policy", "at-once")
    document = json.dumps(AT_ONCE | _WITHOUT_BAKE)
    stack.client("ssm").put_parameter(Name=f"{POLICIES}/at-once", Value=document, Type="String")
    return FreezeShops(
        held=shop_with_canaries(stack, "frozen-held"),
        faulty=shop_with_canaries(stack, "frozen-faulty", canary={"fault_percent": 80}),
        published=published,
        urgent=shop_with_canaries(stack, "frozen-urgent"),
    )


def stack_is_frozen(stack: Stack, shops: FreezeShops) -> Freeze:
    """One rollout is held, a faulty one is rolled back, a published version waits, and an urgent one overrides.

    The one that is held is commanded to promote, so that each of its evaluations wants to go on.
    """
    with shops.held.traffic(per_second=6, callers=2), shops.faulty.traffic(per_second=6, callers=2):
        live = start(stack, shops.held, policy=LONG | _WITHOUT_BAKE)
        faulty = start(stack, shops.faulty, policy=QUICK)
        for execution in (live, faulty):
            stack.executions.wait_for_state(execution, "WaitForMetrics")
        until = _freeze(stack)
        give(stack, shops.held, "promote")
        urgent = start(stack, shops.urgent, policy=AT_ONCE | _WITHOUT_BAKE, override_freeze=URGENT)
        published = stack.executions.wait_for_version(shops.published.name, shops.published.publish())
        shares = _shares_while_held(stack, shops.held)
        held = finish(stack, shops.held, live)
        return Freeze(
            until,
            HeldRollout(held.shop, held.execution, held.description, shares),
            finish(stack, shops.faulty, faulty),
            finish(stack, shops.published, published),
            finish(stack, shops.urgent, urgent),
        )


def _freeze(stack: Stack) -> str:
    """Freeze the stack for FREEZE_SECONDS; return the end as reasons have it."""
    until = datetime.now(UTC) + timedelta(seconds=FREEZE_SECONDS)
    value = json.dumps({"reason": REASON, "until": until.isoformat()})
    stack.client("ssm").put_parameter(Name=FREEZE, Value=value, Type="String")
    return until.strftime("%Y-%m-%dT%H:%MZ")


def _shares_while_held(stack: Stack, shop: Shop) -> dict[str, float]:
    """Return the shares as soon as an evaluation says that the canary keeps its share."""

    def is_held() -> bool:
        return any("keeps its share" in entry["reason"]["S"] for entry in stack.ledger.evaluations(shop))

    wait_for(is_held, lambda: f"No evaluation of {shop.name} is held.")
    return shop.shares()
