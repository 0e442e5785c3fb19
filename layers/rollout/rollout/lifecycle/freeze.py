"""Remembers which freeze holds a rollout, so that people are notified once for each and not at every evaluation."""

from datetime import datetime

from rollout.domain.enums import Move
from rollout.lifecycle.orders import Orders
from rollout.state.hold import Hold, StandingFreeze
from rollout.state.rollout import Rollout


def with_freeze(decided: Rollout, orders: Orders, hold: Hold | None) -> Rollout:
    """Return the rollout with the freeze that holds it; the same one as before while it goes on."""
    return decided.model_copy(update={"freeze": _standing(decided, orders, hold)})


def _standing(decided: Rollout, orders: Orders, hold: Hold | None) -> StandingFreeze | None:
    if decided.next_move is not Move.WAIT:
        return None
    if orders.frozen and orders.is_frozen:
        return _by_command(decided, orders)
    # A hold goes on while the freeze cannot be read, and ends when it is known that there is none.
    if hold is None or decided.held_since is None or orders.overrides_freeze:
        return None
    return _by_stack(decided, hold, decided.held_since)


def _by_command(decided: Rollout, orders: Orders) -> StandingFreeze | None:
    command, before = orders.frozen, decided.freeze
    if command is None or (before and before.command == command.id):
        return before
    return StandingFreeze(
        number=decided.evaluations, since=command.at, reason=f"frozen {command.source}", command=command.id
    )


def _by_stack(decided: Rollout, hold: Hold, since: datetime) -> StandingFreeze | None:
    before = decided.freeze
    if before and not before.command:
        return before
    if not hold.is_freeze:
        return None
    return StandingFreeze(number=decided.evaluations, since=since, reason=hold.reason, until=hold.until)
