"""Minutes as the evidence takes them: one by one, and in groups once a rollout has become long."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from rollout.evidence.series import Minute

MOST_GROUPS = 30
"""A rollout of more minutes is judged in at most so many groups of consecutive ones, to keep a day's judging quick."""

NEWEST = 15
"""So many of the newest minutes are never taken together with others: a fault that comes late is not watered down."""

Row = tuple[int, int, int, int]
"""A minute: calls and bad calls of the canary, then of stable."""

_ROW = attrgetter("canary.calls", "canary.bad", "stable.calls", "stable.bad")


class Group(NamedTuple):
    """Consecutive minutes taken together."""

    minutes: int
    canary_calls: float
    """Calls a minute, on average."""
    canary_bad: int
    """Errors of all the minutes together."""
    stable_calls: float
    stable_bad: int


def grouped(minutes: Iterable[Minute]) -> list[Group]:
    """Return the minutes in which both versions served, in at most MOST_GROUPS groups."""
    return _in_groups([counts for counts in map(_ROW, minutes) if counts[0] and counts[2]])


def grouped_alone(minutes: Iterable[Minute]) -> list[Group]:
    """Return the minutes in which the canary served, whatever stable did in them, in at most MOST_GROUPS groups."""
    return _in_groups([(*counts[:2], 0, 0) for counts in map(_ROW, minutes) if counts[0]])


def _in_groups(served: Sequence[Row]) -> list[Group]:
    if len(served) <= MOST_GROUPS:
        return [_group(served[index : index + 1]) for index in range(len(served))]
    older = served[:-NEWEST]
    size = -(-len(older) // (MOST_GROUPS - NEWEST))
    starts = [*range(0, len(older), size), *range(len(older), len(served))]
    return [_group(served[start:end]) for start, end in pairwise([*starts, len(served)])]


def _group(part: Sequence[Row]) -> Group:
    canary_calls, canary_bad, stable_calls, stable_bad = map(sum, zip(*part, strict=True))
    return Group(len(part), canary_calls / len(part), canary_bad, stable_calls / len(part), stable_bad)
