"""Which stretch of time a look may rest on, and when the next look comes."""

import math
from datetime import UTC, datetime, timedelta

from rollout.models import Value

EDGE = timedelta(seconds=2)
"""Looks and shifts land just after a period's edge; a moment more or less must not cost a whole period."""


class Timing(Value):
    """How CloudWatch keeps time: periods of so many seconds, complete so many seconds after they end."""

    period_seconds: int
    lag_seconds: int

    def floor(self, at: datetime) -> datetime:
        """Return the start of the period that holds `at`."""
        return datetime.fromtimestamp(at.timestamp() // self.period_seconds * self.period_seconds, UTC)

    def ceiling(self, at: datetime) -> datetime:
        """Return the start of the first period that does not start before `at`."""
        return datetime.fromtimestamp(math.ceil(at.timestamp() / self.period_seconds) * self.period_seconds, UTC)

    def first_whole_period(self, at: datetime) -> datetime:
        """Return the start of the first period that lies wholly after `at`, give or take EDGE."""
        return self.ceiling(at - EDGE)


class Window(Value):
    """Whole periods from `start` up to `end`, which is not part of it."""

    start: datetime
    end: datetime


def closed_window(since: datetime, now: datetime, timing: Timing) -> Window | None:
    """Return the whole, complete periods since a moment; None while there is none.

    The period in which the share changed is left out: its calls met two shares, so errors late in it would weigh
    on the canary out of proportion. CloudWatch publishes late: judging up to `now` would call a sick canary healthy.
    """
    start = timing.first_whole_period(since)
    end = timing.floor(now - timedelta(seconds=timing.lag_seconds))
    return Window(start=start, end=end) if start < end else None


def seconds_to_next_look(now: datetime, look_every_seconds: int, timing: Timing) -> int:
    """Return whole seconds, at least 1, until the first period's edge that is `look_every` after the last one.

    Nothing new is to be read between two edges; and shifts follow looks, so nearly every period belongs to one share.
    Counted from the edge before `now`, so that a slow look does not put off the next one by a period.
    """
    due = timing.ceiling(timing.floor(now) + timedelta(seconds=look_every_seconds))
    return math.ceil((due - now).total_seconds())
