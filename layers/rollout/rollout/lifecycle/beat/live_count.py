"""How many rollouts are live in an account and region, and a number that spreads them evenly."""

import zlib
from datetime import datetime, timedelta

from rollout.domain.identity import Target
from rollout.domain.models import Value

FEW_ROLLOUTS = 30
"""So many rollouts read their aliases within two seconds, so they need neither be counted nor spread."""

COUNT_VALID = timedelta(minutes=15)
"""A count of live rollouts that is older counts for nothing: the guardian does not count, or they have become few."""


class LiveCount(Value):
    """How many rollouts are live in an account and region, as the guardian last counted."""

    count: int
    at: datetime

    def valid_at(self, now: datetime) -> int:
        """Return the count; 0 where it is too old, or of few rollouts."""
        return self.count if now - self.at <= COUNT_VALID and self.count > FEW_ROLLOUTS else 0


def fraction_of(target: Target) -> float:
    """Return a number from 0 to below 1, which is always the same for a target and spreads many of them evenly."""
    return zlib.crc32(f"{target.account}/{target.region}/{target.name}".encode()) / 2**32
