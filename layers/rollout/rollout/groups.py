"""Minutes as the evidence takes them: one by one, and in groups once a rollout has become long."""

from collections.abc import Iterable
from typing import NamedTuple

from rollout.health import Minute

MOST_GROUPS = 60
"""A rollout of more minutes is judged in so many groups of consecutive ones, to keep a day's judging quick."""


class Group(NamedTuple):
    """Consecutive minutes in which both versions served."""

    minutes: int
    canary_calls: float
    """Calls a minute, on average."""
    canary_bad: int
    """Errors of all the minutes together."""
    stable_calls: float
    stable_bad: int


def grouped(minutes: Iterable[Minute]) -> list[Group]:
    """Return the minutes in which both versions served, in at most MOST_GROUPS groups."""
    both = [minute for minute in minutes if minute.canary.calls and minute.stable.calls]
    size = -(-len(both) // MOST_GROUPS)
    return [_group(both[start : start + size]) for start in range(0, len(both), size or 1)]


def _group(part: list[Minute]) -> Group:
    return Group(
        minutes=len(part),
        canary_calls=sum(minute.canary.calls for minute in part) / len(part),
        canary_bad=sum(minute.canary.bad for minute in part),
        stable_calls=sum(minute.stable.calls for minute in part) / len(part),
        stable_bad=sum(minute.stable.bad for minute in part),
    )
