"""Decides whether a move of an alias happened outside every rollout, and what the alias served before it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rollout.domain.models import Value
from rollout.state.alias_move import AliasMove, RolloutPeriod

_SECOND = timedelta(seconds=1)


class KnownRouting(Value):
    """The version and the shares that the alias served before a move."""

    version: str
    shares: dict[str, float]


def is_during_rollout(at: datetime, periods: Sequence[RolloutPeriod]) -> bool:
    """Whether a rollout held the alias at this time: it hands the alias over itself, and reports who moved it.

    Times of CloudTrail are whole seconds. A move in the second in which a rollout ends counts as after it: a move that
    is reported twice is better than one that is not reported.
    """
    return any(_second(period.began_at) <= at < _ended_at(period, otherwise=at + _SECOND) for period in periods)


def routing_before(at: datetime, periods: Sequence[RolloutPeriod], last_move: AliasMove | None) -> KnownRouting | None:
    """Return what the alias served before a move, by the newest rollout or move; None where unknown."""
    ended = max((each for each in periods if _ended_at(each, at + _SECOND) <= at), key=_ended_at, default=None)
    if last_move and (ended is None or last_move.at >= _ended_at(ended)):
        return KnownRouting(version=last_move.version, shares=last_move.shares)
    return KnownRouting(version=ended.served, shares={}) if ended and ended.served else None


def _ended_at(period: RolloutPeriod, otherwise: datetime | None = None) -> datetime:
    """Return the second in which a rollout ended; `otherwise`, or its begin, while it runs."""
    return _second(period.ended_at or otherwise or period.began_at)


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)
