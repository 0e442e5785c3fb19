"""Days of calls for the tests of `steps: Auto`."""

from collections.abc import Callable
from datetime import timedelta

from rollout.auto.recent_day import READ_PERIODS, RecentDay
from rollout.domain.counts import Counts
from tests.samples import AT

MINUTE = timedelta(minutes=1)


def day(calls: Callable[[int], int], error_percent: float = 0.1) -> RecentDay:
    """Return the day before AT; `calls` gives the calls of a minute by its age, from 1 for the newest one."""
    counts = {age: calls(age) for age in range(1, READ_PERIODS + 1)}
    total, failed, periods = 0, 0, {}
    for age in sorted(counts, reverse=True):
        if counts[age]:
            total += counts[age]
            bad = int(total * error_percent / 100) - failed
            failed += bad
            periods[AT - age * MINUTE] = Counts(calls=counts[age], bad=bad)
    return RecentDay(until=AT, periods=periods)


def steady(per_minute: float, error_percent: float = 0.1) -> RecentDay:
    """Return a day with the same calls all the time."""
    return day(lambda age: int(age * per_minute) - int((age - 1) * per_minute), error_percent)
