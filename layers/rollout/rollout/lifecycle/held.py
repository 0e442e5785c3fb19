"""What a freeze of the stack or a closed window leaves of a move."""

import math
from datetime import datetime

from rollout.domain.enums import Move
from rollout.lifecycle.orders import Orders
from rollout.state.hold import FreezeMode, Hold


def held_move(move: Move, explanation: str, orders: Orders, hold: Hold | None) -> tuple[Move, str]:
    """Return the move that a freeze of the stack or a closed window leaves of a move, with the explanation."""
    if hold is None or orders.overrides_freeze:
        return move, explanation
    if hold.mode is FreezeMode.ROLL_BACK and not move.is_last and not orders.is_frozen:
        return Move.ROLL_BACK, hold.reason
    if hold.mode is not FreezeMode.NO_NEW and move.gives_more_traffic:
        return Move.WAIT, f"the canary keeps its share, because {hold.reason}"
    return move, explanation


def held_since(before: datetime | None, now: datetime, hold: Hold | None, *, is_held: bool) -> datetime | None:
    """Return since when a hold has kept the canary from more traffic; None where it has not.

    It counts until the hold ends: evaluations that want no larger share meanwhile must not come as often again.
    """
    if hold is None:
        return None
    return before or (now if is_held else None)


def seconds_under(hold: Hold | None, interval: int, now: datetime) -> int:
    """Return the seconds to the next evaluation: no later than the end of the hold, and at least one."""
    if hold is None or hold.until is None:
        return interval
    return max(min(interval, math.ceil((hold.until - now).total_seconds())), 1)
