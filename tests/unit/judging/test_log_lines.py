"""Log lines become counts: each query reads only what is new or can still change, and silence is no health (P5)."""

from datetime import datetime, timedelta

import pytest

from rollout.judging.counting import Datapoints
from rollout.judging.log_lines import (
    LATE_PERIODS,
    MOST_PERIODS,
    LogRow,
    add_rows,
    carry_back,
    format_uncounted,
    line_points,
    unread_since,
    unreadable,
)
from rollout.judging.window import Window, evaluation_window
from rollout.state.log_counts import LogCounts
from rollout.state.rollout import Rollout
from tests.samples import AT, ON_AWS, policy, rollout

LOGS = policy(metrics=["errors", {"logs": {"pattern": "ERROR"}}])


def minute(number: float) -> datetime:
    return AT + timedelta(minutes=number)


def window_at(number: float) -> Window:
    """Return the window of an evaluation some minutes after the first shift."""
    return evaluation_window(AT, AT, minute(number), ON_AWS)


def row(version: str, number: int, matching: int, written: int = 10) -> LogRow:
    return LogRow(version, minute(number), written, matching)


def after(*evaluations: tuple[float, list[LogRow]]) -> Rollout:
    """Return the rollout after evaluations at these minutes, each with the rows that its query found."""
    result = rollout(policy=LOGS)
    for number, rows in evaluations:
        counts = add_rows(result, rows, window_at(number), ON_AWS)
        result = result.model_copy(update={"log_counts": counts})
    return result


def bad(counted: Rollout) -> tuple[dict[float, float], dict[float, float]]:
    """Return the matching lines of canary and stable by minute, without the zeros."""
    canary, stable = line_points(counted.log_counts, ON_AWS)
    return tuple(
        {(at - AT) / timedelta(minutes=1): lines for at, lines in each.items() if lines} for each in (canary, stable)
    )


def test_first_query_reads_the_history_of_stable_too():
    assert unread_since(None, window_at(5)) == minute(-180)


def test_later_query_reads_only_what_can_still_change():
    """A query is billed by the bytes it scans: after 30 minutes it scans seven minutes of them, and the open one."""
    counts = after((30, [row("4", 20, 1)])).log_counts
    assert unread_since(counts, window_at(31)) == minute(30 - 2 - LATE_PERIODS)


def test_lines_count_by_version_and_minute():
    counted = after((5, [row("4", 1, 3), row("3", 1, 1), row("3", -20, 2), row("2", 1, 99)]))
    assert bad(counted) == ({1: 3}, {-20: 2, 1: 1})
    canary, _ = line_points(counted.log_counts, ON_AWS)
    assert canary[minute(2)] == 0  # scanned, and nothing found
    assert minute(5) not in canary


def test_late_line_replaces_the_count_of_its_minute():
    counted = after((5, [row("4", 3, 1)]), (6, [row("4", 3, 4), row("4", 4, 2)]))
    assert bad(counted) == ({3: 4, 4: 2}, {})


def test_repeated_evaluation_counts_nothing_twice():
    """A retried evaluation begins with the same document (P4)."""
    once = after((5, [row("4", 3, 1)]))
    again = once.model_copy(update={"log_counts": add_rows(after(), [row("4", 3, 1)], window_at(5), ON_AWS)})
    assert again.log_counts == once.log_counts


def test_settled_minutes_stay_as_they_were_counted():
    counted = after((10, [row("4", 1, 7)]), (20, [row("4", 12, 1)]), (30, []))
    assert bad(counted) == ({1: 7, 12: 1}, {})


def test_version_that_has_written_nothing_is_not_counted():
    """A role without permission to write logs writes no ERROR either (P5)."""
    counted = after((5, [row("3", 1, 0)]))
    canary, stable = line_points(counted.log_counts, ON_AWS)
    assert (canary, len(stable)) == ({}, 185)
    assert format_uncounted(counted) == (
        "version 4 has written no line to /aws/lambda/my-api, so its lines cannot be counted: allow its role to write"
        " logs, and write at least one line"
    )


def test_version_that_wrote_once_is_counted_from_then_on():
    counted = after((5, [row("4", 1, 0)]), (20, [row("3", 18, 0)]))
    canary, _ = line_points(counted.log_counts, ON_AWS)
    assert canary[minute(18)] == 0
    assert format_uncounted(counted) == ""


def test_missing_log_group_counts_nothing_and_is_read_anew():
    counts = unreadable(window_at(5), "CloudWatch Logs has no log group /aws/lambda/my-api")
    missing = rollout(policy=LOGS, log_counts=counts)
    assert line_points(counts, ON_AWS) == ({}, {})
    assert format_uncounted(missing) == "CloudWatch Logs has no log group /aws/lambda/my-api"
    assert unread_since(counts, window_at(6)) == minute(-180)
    found = add_rows(missing, [row("4", 2, 1)], window_at(6), ON_AWS)
    assert (found.note, bad(missing.model_copy(update={"log_counts": found}))) == ("", ({2: 1}, {}))


def test_document_stays_small_in_the_longest_rollout():
    """A state's payload has at most 256 KB, and a rollout may last two weeks."""
    end = window_at(14 * 24 * 60)
    before = LogCounts(start=minute(-180), settled_until=minute(14 * 24 * 60 - 7), canary_wrote=True)
    long = rollout(
        policy=LOGS,
        log_counts=before.model_copy(
            update={"canary": (12_345,) * (14 * 1440 + 173), "stable": (12_345,) * (14 * 1440 + 173)}
        ),
    )
    counts = add_rows(long, [row("4", 14 * 24 * 60 - 1, 9)], end, ON_AWS)
    assert len(counts.canary) == len(counts.stable) == MOST_PERIODS
    canary, _ = line_points(counts, ON_AWS)
    assert canary[minute(14 * 24 * 60 - 1)] == 9
    assert len(counts.model_dump_json()) < 100_000


def test_counts_survive_the_state_machine():
    counted = after((5, [row("4", 1, 3)]))
    assert Rollout.model_validate(counted.document()).log_counts == counted.log_counts


@pytest.mark.parametrize(
    ("calls", "lines", "expected"),
    [
        ({0: 10}, {0: 2}, {0: 2}),
        ({0: 10}, {0: 1, 2: 3}, {0: 4}),  # calls of minute 0 that fail two minutes later
        ({0: 10, 3: 5}, {2: 1, 3: 1}, {0: 1, 3: 1}),
        ({3: 5}, {1: 1}, {1: 1}),  # no earlier call: it stays, and has no calls to count with
        ({0: 10}, {8: 2, 9: 1}, {8: 2, 9: 1}),  # open minutes: their calls may not be published yet
        ({0: 10, 1: 0}, {1: 2}, {0: 2}),
    ],
)
def test_line_counts_in_the_last_minute_with_calls(calls, lines, expected):
    """A call counts in the minute in which it starts, its lines in the one in which they are written."""
    points = Datapoints({minute(n): c for n, c in calls.items()}, {minute(n): c for n, c in lines.items()})
    assert carry_back(points, minute(8)) == Datapoints(points.all, {minute(n): c for n, c in expected.items()})
