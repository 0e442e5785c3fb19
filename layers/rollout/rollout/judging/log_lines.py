"""How the rows of a log query become counts by period, and which part of the log the next query reads."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from rollout.judging.counting import Datapoints, Points
from rollout.judging.window import Timing, Window
from rollout.state.log_counts import LogCounts
from rollout.state.rollout import Rollout

LATE_PERIODS = 5
"""The closed periods that the next query reads again, because log lines can arrive late."""

MOST_PERIODS = 5_000
"""The periods that a document keeps: two counts for each take far less than the 256 KB of a state's payload."""


class LogRow(NamedTuple):
    """The lines that a version wrote in the period from `start`, and how many of them match."""

    version: str
    start: datetime
    written: int
    matching: int


def unread_since(counts: LogCounts | None, window: Window) -> datetime:
    """Return the start of the log that an evaluation has to read: stable's history at first, then what is unsettled."""
    return counts.settled_until if counts else window.history_start


def unreadable(window: Window, note: str) -> LogCounts:
    """Return counts that count nothing, and why; the next query reads everything."""
    return LogCounts(start=window.history_start, settled_until=window.history_start, note=note)


def add_rows(rollout: Rollout, rows: Iterable[LogRow], window: Window, timing: Timing) -> LogCounts:
    """Return the rollout's counts, with the rows of a query instead of everything that it has read again."""
    period, counts = timedelta(seconds=timing.period_seconds), rollout.log_counts
    since, found = unread_since(counts, window), list(rows)
    start = counts.start if counts else since
    kept, periods = (since - start) // period, range(max((window.end - since) // period, 0))
    fresh = {(row.version, (row.start - since) // period): row.matching for row in found if row.start >= since}
    canary, stable = (
        (*earlier[:kept], *(fresh.get((version, number), 0) for number in periods))[-MOST_PERIODS:]
        for version, earlier in _by_version(rollout, counts)
    )
    wrote = {row.version for row in found if row.written}
    return LogCounts(
        start=since + (len(periods) - len(canary)) * period,
        settled_until=max(since, window.closed_until - LATE_PERIODS * period),
        canary=canary,
        stable=stable,
        canary_wrote=rollout.canary_version in wrote or bool(counts and counts.canary_wrote),
        stable_wrote=rollout.stable_version in wrote or bool(counts and counts.stable_wrote),
    )


def _by_version(rollout: Rollout, counts: LogCounts | None) -> tuple[tuple[str, tuple[int, ...]], ...]:
    canary, stable = (counts.canary, counts.stable) if counts else ((), ())
    return (rollout.canary_version, canary), (rollout.stable_version, stable)


def line_points(counts: LogCounts | None, timing: Timing) -> tuple[Points, Points]:
    """Return the matching lines of the canary and of stable by period, zeros included.

    A version that has written no line at all has no points: it may not be allowed to write, which is no health (P5).
    """
    if counts is None:
        return {}, {}
    canary, stable = (
        {counts.start + number * timedelta(seconds=timing.period_seconds): lines for number, lines in enumerate(each)}
        for each in (counts.canary if counts.canary_wrote else (), counts.stable if counts.stable_wrote else ())
    )
    return canary, stable


def format_uncounted(rollout: Rollout) -> str:
    """Return why the canary's lines cannot be counted; empty if they can."""
    counts = rollout.log_counts
    if counts is None:
        return "no log query has been made yet"
    if counts.note or counts.canary_wrote:
        return counts.note
    return (
        f"version {rollout.canary_version} has written no line to {' or '.join(rollout.log_group_names)}, so its lines"
        " cannot be counted: allow its role to write logs, and write at least one line"
    )


def carry_back(datapoints: Datapoints, closed_until: datetime) -> Datapoints:
    """Return the datapoints with each line in the latest period, up to its own, in which its version was called.

    A call counts where it started, and its lines where they were written. Open periods stay as they are, because their
    calls may not be published yet.
    """
    moved: dict[datetime, float] = {}
    called = None
    for at in datapoints.periods():
        called = at if datapoints.all.get(at) else called
        if at in datapoints.bad:
            to = at if called is None or at >= closed_until else called
            moved[to] = moved.get(to, 0) + datapoints.bad[at]
    return Datapoints(datapoints.all, moved)
