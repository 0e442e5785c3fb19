"""Decides whether a move of an alias happened outside every rollout, and what the alias served before it."""

from collections.abc import Sequence
from datetime import datetime

from rollout.domain.models import Value
from rollout.state.alias_move import AliasMove, RolloutPeriod


class KnownRouting(Value):
    """The version and the shares that the alias served before a move."""

    version: str
    shares: dict[str, float]


def is_during_rollout(at: datetime, periods: Sequence[RolloutPeriod]) -> bool:
    """Whether a rollout held the alias at this time: it hands the alias over itself, and reports who moved it.

    CloudTrail's times are whole seconds.
    """
    return any(
        period.began_at.replace(microsecond=0) <= at and (period.ended_at is None or at <= period.ended_at)
        for period in periods
    )


def routing_before(at: datetime, periods: Sequence[RolloutPeriod], last_move: AliasMove | None) -> KnownRouting | None:
    """Return what the alias served before a move, by the newest rollout or move; None where unknown."""
    ended = max((period for period in periods if period.ended_at and period.ended_at < at), key=_ended_at, default=None)
    if last_move and (ended is None or last_move.at >= _ended_at(ended)):
        return KnownRouting(version=last_move.version, shares=last_move.shares)
    return KnownRouting(version=ended.served, shares={}) if ended and ended.served else None


def _ended_at(period: RolloutPeriod) -> datetime:
    return period.ended_at or period.began_at
