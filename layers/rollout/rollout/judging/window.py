"""The time window that an evaluation reads, and the time of the next evaluation."""

import math
from datetime import UTC, datetime, timedelta

from rollout.domain.models import Value

EDGE = timedelta(seconds=2)
"""Evaluations and shifts run just after the edge of a period; this much delay must not cost a whole period."""


HISTORY_PERIODS = 180
"""The periods before the first shift from which stable's error rate and bursts are learned: three hours on AWS."""


MINUTES_KEPT = timedelta(days=15) - timedelta(hours=1)
"""CloudWatch keeps minutes for 15 days, and returns none at all to a query that begins earlier, by its own clock."""


class Timing(Value):
    """When CloudWatch's metric periods end, and when their counts are complete."""

    period_seconds: int
    lag_seconds: int
    """Seconds from the end of a period until its counts are complete."""

    def floor(self, at: datetime) -> datetime:
        """Return the start of the period that contains `at`."""
        return datetime.fromtimestamp(at.timestamp() // self.period_seconds * self.period_seconds, UTC)

    def ceiling(self, at: datetime) -> datetime:
        """Return the start of the first period that starts at `at` or later."""
        return datetime.fromtimestamp(math.ceil(at.timestamp() / self.period_seconds) * self.period_seconds, UTC)

    def first_whole_period(self, at: datetime) -> datetime:
        """Return the start of the first period that lies wholly after `at`, with a tolerance of EDGE."""
        return self.ceiling(at - EDGE)

    def closed_until(self, now: datetime, call_seconds: float = 0) -> datetime:
        """Return the end of the last period whose calls of up to `call_seconds` are counted at `now`."""
        return self.floor(now - timedelta(seconds=self.lag_seconds + call_seconds))


class Window(Value):
    """The times that an evaluation reads: stable's history, then both versions period by period, up to the open one."""

    history_start: datetime
    """Start of what is read: three hours before the first shift, but never before what CloudWatch keeps."""
    history_end: datetime
    """End of the time in which only stable served."""
    shared_start: datetime
    """Start of the time in which the canary has a share."""
    start: datetime
    """Start of the time that is judged: the first shift; in the bake, promotion."""
    shared_end: datetime
    """End of the time in which both versions share the alias, in the bake; before it, the same as `start`."""
    closed_until: datetime
    """End of the periods whose counts are complete. Later, open periods can only make a verdict unhealthy."""
    settled_until: datetime
    """End of the periods of which no call can still be running, because the versions' timeout has passed too."""
    end: datetime
    period_seconds: int = 60

    def is_history(self, start: datetime) -> bool:
        """Whether to learn from stable's period at `start`: before the first shift; in the bake, before promotion."""
        return self.history_start <= start < self.history_end or self.shared_start <= start < self.start


def evaluation_window(  # noqa: PLR0913 - each is a time of the rollout
    shared_since: datetime,
    judged_since: datetime,
    now: datetime,
    timing: Timing,
    *,
    usual_seconds: float = 0,
    timeout_seconds: float = 0,
) -> Window:
    """Return the window of an evaluation at `now`, of a rollout judged since its first shift or its promotion.

    A call is counted when it ends, in the period in which it began: `usual_seconds` is how long nearly all calls take,
    and `timeout_seconds` the longest that a call can take.

    The period in which the share changes is left out: its calls belong to two shares, so its late errors would weigh
    too much on the canary. CloudWatch publishes late, so the newest periods never make a verdict healthy.
    """
    shifted_in = timing.floor(shared_since)
    history_start = shifted_in - HISTORY_PERIODS * timedelta(seconds=timing.period_seconds)
    return Window(
        history_start=max(history_start, timing.ceiling(now - MINUTES_KEPT)),
        history_end=shifted_in,
        shared_start=timing.first_whole_period(shared_since),
        start=timing.first_whole_period(judged_since),
        shared_end=min(timing.floor(judged_since), timing.first_whole_period(judged_since)),
        closed_until=timing.closed_until(now, usual_seconds),
        settled_until=timing.closed_until(now, timeout_seconds),
        end=timing.ceiling(now),
        period_seconds=timing.period_seconds,
    )


def history_window(now: datetime, timing: Timing) -> Window:
    """Return the window that reads stable's closed periods before a rollout, as one that begins now would."""
    end = timing.closed_until(now)
    return evaluation_window(end, end, end, timing)


def seconds_to_next_evaluation(now: datetime, interval_seconds: int, timing: Timing, spread_seconds: float = 0) -> int:
    """Return whole seconds, at least 1, until the first edge of a period that is an interval after the last edge.

    Between two edges there is nothing new to read. Shifts follow evaluations, so almost every period belongs to one
    share. The interval counts from the edge before `now`, so that a slow evaluation does not delay the next one.

    The evaluation is `spread_seconds`, less than a period, after that edge: many rollouts do not begin in one second.
    """
    edge = timing.ceiling(timing.floor(now) + timedelta(seconds=interval_seconds))
    return math.ceil((edge - now).total_seconds() + spread_seconds)
