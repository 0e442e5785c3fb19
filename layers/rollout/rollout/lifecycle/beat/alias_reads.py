"""Decides whether an evaluation reads the alias.

With few rollouts every evaluation does. With many, an evaluation that keeps the share reads it at a slower beat, and
before that only where CloudTrail has reported that another writer moved it.
"""

import math
from datetime import UTC, datetime

from rollout.domain.enums import Move
from rollout.domain.identity import Target
from rollout.lifecycle.beat.live_count import fraction_of
from rollout.state.rollout import Rollout

READS_PER_SECOND = 5
"""How many aliases the evaluations of an account and region read in a second: a third of what Lambda allows."""

_WITHOUT_ALIAS = {Move.WAIT, Move.ROLL_BACK}
"""The moves that need no alias: nothing is written, or RollBack reads it."""


def is_alias_due(rollout: Rollout, now: datetime) -> bool:
    """Whether an evaluation reads the alias whatever it decides."""
    due_at = rollout.alias_reads.due_at
    return due_at is None or now >= due_at or rollout.alias_missing > 0


def needs_alias(decided: Rollout) -> bool:
    """Whether a decision that was made without the alias has to be made again with it: it gives traffic, or ends."""
    return decided.next_move not in _WITHOUT_ALIAS


def with_next_read(rollout: Rollout, live: int, now: datetime, longest_seconds: int) -> Rollout:
    """Return a rollout whose alias is read now, with the time until which it need not be read again.

    `live` are the live rollouts of the account and region, 0 for few; `longest_seconds` is the longest time between two
    reads.
    """
    beat = min(live / READS_PER_SECOND, longest_seconds)
    due_at = _next_turn(rollout.target, now, beat) if beat > rollout.policy.interval else None
    return with_reads(rollout, live_beside=live, due_at=due_at)


def with_reads(rollout: Rollout, **changes: object) -> Rollout:
    """Return the rollout with changes of when it reads its alias."""
    return rollout.model_copy(update={"alias_reads": rollout.alias_reads.model_copy(update=changes)})


def _next_turn(target: Target, now: datetime, beat: float) -> datetime:
    """Return the next time at which it is this target's turn, once in each beat."""
    offset = beat * fraction_of(target)
    turns = math.floor((now.timestamp() - offset) / beat) + 1
    return datetime.fromtimestamp(offset + turns * beat, UTC)
