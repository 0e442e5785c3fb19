"""What the stories with another writer share: a move whose writer CloudTrail names after the rollout has ended."""

from dataclasses import dataclass
from typing import Any

from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.rollout import FinishedRollout, finish
from tests.e2e.waiting import wait_for

_LATE_SECONDS = 3600


@dataclass(frozen=True)
class NamedMove(FinishedRollout):
    """A rollout that was handed over, the reason in the ledger after a later sweep, and its event then."""

    reason: str
    event: dict[str, Any]


def move_and_name(stack: Stack, shop: Shop, execution: str, **alias: Any) -> NamedMove:
    """Move the alias of a rollout, and let CloudTrail list the call only after the rollout has ended."""
    stack.delay_history(shop, _LATE_SECONDS)
    shop.update_alias(**alias)
    rollout = finish(stack, shop, execution)
    stack.delay_history(shop, 0)
    reason = wait_for(lambda: _reason(stack, rollout), lambda: f"No sweep named the writer of {shop.name}.")
    event = wait_for(lambda: _completed_event(stack, execution), lambda: f"No event of {shop.name} has the writer.")
    return NamedMove(shop, execution, rollout.description, reason, event)


def _reason(stack: Stack, rollout: FinishedRollout) -> str:
    """Run a sweep of aliases; return the reason in the ledger as soon as it names a writer, else nothing."""
    stack.invoke("GuardianFunction", {"sweep": "aliases"})
    [entry] = stack.ledger.rollouts(rollout.shop)
    return entry["reason"] if "CloudTrail says it was" in entry["reason"] else ""


def _completed_event(stack: Stack, execution: str) -> dict[str, Any]:
    details = [event["detail"] for event in stack.listener.events(execution)]
    return next((detail for detail in details if "completes" in detail), {})
