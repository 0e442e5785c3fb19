"""Groups of minutes: each minute by itself in a short rollout, older minutes together in a long one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from rollout.evidence.series import Minute

MOST_GROUPS = 30
"""A longer rollout is judged in at most this many groups of consecutive minutes: a day's judging stays fast."""

NEWEST = 15
"""This many of the newest minutes always stay single, so that older minutes do not dilute a late fault."""

_DEVIATIONS, _FEW_CALLS = 5, 3
"""A minute has another share if its canary's calls differ by more than so many standard deviations and calls more."""

_MOST_CHANGES = 15
"""At most so many groups begin because of another share, whatever routes the calls."""

Row = tuple[int, int, int, int, datetime]
"""One minute: calls and bad calls of the canary, calls and bad calls of stable, and its start."""

_ROW = attrgetter("canary.calls", "canary.bad", "stable.calls", "stable.bad", "start")


class Group(NamedTuple):
    """The sums of consecutive minutes."""

    minutes: int
    """How many minutes with calls these are."""
    canary_calls: float
    """Calls per minute, on average."""
    canary_bad: int
    """Bad calls of all the minutes."""
    stable_calls: float
    stable_bad: int
    start: datetime


def group_minutes(minutes: Iterable[Minute]) -> list[Group]:
    """Return the minutes in which both versions served, in at most MOST_GROUPS groups."""
    return _group_rows([row for row in map(_ROW, minutes) if row[0] and row[2]])


def group_canary_minutes(minutes: Iterable[Minute]) -> list[Group]:
    """Return the minutes in which the canary served, without stable's counts, in at most MOST_GROUPS groups."""
    return _group_rows([(*row[:2], 0, 0, row[4]) for row in map(_ROW, minutes) if row[0]])


def _group_rows(rows: Sequence[Row]) -> list[Group]:
    if len(rows) <= MOST_GROUPS:
        return [_group(rows[index : index + 1]) for index in range(len(rows))]
    older = rows[:-NEWEST]
    size = -(-len(older) // (MOST_GROUPS - NEWEST))
    starts = [*_starts(older, size), *range(len(older), len(rows))]
    return [_group(rows[start:end]) for start, end in pairwise([*starts, len(rows)])]


def _starts(rows: Sequence[Row], size: int) -> Iterator[int]:
    """Yield where the groups of at most `size` minutes begin: a group has one share.

    A bad minute of both versions before a shift and one after it, summed, would look as if one version failed more
    often (Simpson's paradox).
    """
    begin, changes = 0, 0
    canary = total = 0
    for index, (canary_calls, _, stable_calls, _, _) in enumerate(rows):
        calls = canary_calls + stable_calls
        # The test of the share stands here, because a call for each minute of a day would take as long as the test.
        share = canary / total if total else canary_calls / calls
        expected = calls * share
        beyond = abs(canary_calls - expected) - _FEW_CALLS
        is_changed = beyond > 0 and beyond**2 > _DEVIATIONS**2 * expected * (1 - share) and changes < _MOST_CHANGES
        if index - begin == size or is_changed or index == 0:
            yield index
            begin, changes = index, changes + is_changed
            canary = total = 0
        canary, total = canary + canary_calls, total + calls


def _group(rows: Sequence[Row]) -> Group:
    *counts, starts = zip(*rows, strict=True)
    canary_calls, canary_bad, stable_calls, stable_bad = map(sum, counts)
    return Group(len(rows), canary_calls / len(rows), canary_bad, stable_calls / len(rows), stable_bad, starts[0])
