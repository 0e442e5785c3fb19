"""Which stretch of time a look may rest on, and when the next look comes."""

import math
from datetime import UTC, datetime, timedelta

from rollout.domain.models import Value

EDGE = timedelta(seconds=2)
"""Looks and shifts land just after a period's edge; a moment more or less must not cost a whole period."""


HISTORY_PERIODS = 180
"""Periods before the first shift from which stable's ways are learnt: three hours on AWS."""


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
    """What a look reads: stable's history, then both versions period by period, the last of them still open."""

    history_start: datetime
    history_end: datetime
    """Where stable's time alone ends; from `shared_start` on the canary had a share as well."""
    shared_start: datetime
    start: datetime
    """Where what is judged begins: with the share, or in the bake with promotion."""
    closed_until: datetime
    """Where the periods end that CloudWatch has told all about; later ones are good for bad news only."""
    end: datetime

    def is_history(self, start: datetime) -> bool:
        """Whether to learn from stable's period from `start`: before the first shift, in the bake before promotion."""
        return self.history_start <= start < self.history_end or self.shared_start <= start < self.start


def evaluation_window(shared_since: datetime, judged_since: datetime, now: datetime, timing: Timing) -> Window:
    """Return what a look at `now` reads of a rollout: since its first shift, and in the bake since promotion.

    The period in which the share changed is left out: its calls met two shares, so errors late in it would weigh on
    the canary out of proportion. CloudWatch publishes late: taking good news from the newest minutes would call a
    sick canary healthy.
    """
    shifted_in = timing.floor(shared_since)
    return Window(
        history_start=shifted_in - HISTORY_PERIODS * timedelta(seconds=timing.period_seconds),
        history_end=shifted_in,
        shared_start=timing.first_whole_period(shared_since),
        start=timing.first_whole_period(judged_since),
        closed_until=timing.floor(now - timedelta(seconds=timing.lag_seconds)),
        end=timing.ceiling(now),
    )


def seconds_to_next_evaluation(now: datetime, interval_seconds: int, timing: Timing) -> int:
    """Return whole seconds, at least 1, until the first period's edge that is `interval` after the last one.

    Nothing new is to be read between two edges; and shifts follow looks, so nearly every period belongs to one share.
    Counted from the edge before `now`, so that a slow look does not put off the next one by a period.
    """
    due = timing.ceiling(timing.floor(now) + timedelta(seconds=interval_seconds))
    return math.ceil((due - now).total_seconds())
