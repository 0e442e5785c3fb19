"""The calls of an alias in its last day, and the calls a minute that a plan may expect of the next hours."""

import math
from datetime import datetime, timedelta

from pydantic import Field

from rollout.domain.counts import Counts
from rollout.domain.models import Value
from rollout.judging.counting import Points
from rollout.judging.window import HISTORY_PERIODS, Timing

DAY_PERIODS = 1440
"""The periods on which a plan rests: a day on AWS."""

RECENT_PERIODS = 60
"""The newest periods show the traffic of today: an hour on AWS."""

READ_PERIODS = DAY_PERIODS + RECENT_PERIODS
"""The periods that are read. The oldest hour only shows whether the alias had calls before the coming hour yesterday;
otherwise an alias that falls silent every evening looks like one that is younger than a day."""

BUCKET_PERIODS = 5
"""Calls are compared in buckets of this many periods, because single minutes of a quiet alias are mostly empty."""


class RecentDay(Value):
    """An alias's calls and failed calls in its last day and the hour before, by the start of each period with calls."""

    until: datetime
    """The end of the newest closed period."""
    periods: dict[datetime, Counts] = Field(default_factory=dict)

    @classmethod
    def of(cls, calls: Points, errors: Points, until: datetime) -> "RecentDay":
        """Return the day from the datapoints of its calls and of its errors; a period without calls is left out."""
        counts = {at: (round(count), round(errors.get(at, 0))) for at, count in calls.items()}
        periods = {at: Counts(calls=count, bad=min(bad, count)) for at, (count, bad) in counts.items() if count}
        return cls(until=until, periods=periods)

    @property
    def total(self) -> Counts:
        """The calls that were read, and the failed ones among them."""
        calls, bad = (sum(getattr(counts, name) for counts in self.periods.values()) for name in ("calls", "bad"))
        return Counts(calls=calls, bad=bad)

    def known_periods(self, timing: Timing) -> int:
        """Return the periods since the first call, at least an hour of them on AWS."""
        first = min(self.periods, default=self.until)
        return max(math.ceil((self.until - first) / _period(timing)), RECENT_PERIODS)

    def history(self, timing: Timing) -> tuple[Counts, ...]:
        """Return the newest periods in order of time, as the judge will read them before the first shift."""
        since = self.until - HISTORY_PERIODS * _period(timing)
        return tuple(self.periods[start] for start in sorted(self.periods) if start >= since)

    def calls_per_period(self, seconds: int, timing: Timing) -> float:
        """Return the calls in a period that a plan of so many seconds may expect: a cautious estimate.

        It is the lower quartile of the calls in buckets of five periods, of the last hour or of the coming `seconds` a
        day ago, whichever is lower: the last hour does not know that the evening comes, and yesterday does not know
        that traffic has fallen since. A quartile, so that calls that come all at once do not stand for a whole hour. An
        alias that had no calls up to that time yesterday is judged by its last hour: it may be younger than a day.
        """
        recent = self._lower_quartile(self.until - RECENT_PERIODS * _period(timing), self.until, timing)
        day_ago = self.until - DAY_PERIODS * _period(timing)
        coming_until = min(
            day_ago + timedelta(seconds=max(seconds, BUCKET_PERIODS * timing.period_seconds)), self.until
        )
        if not any(start < coming_until for start in self.periods):
            return recent
        return min(recent, self._lower_quartile(day_ago, coming_until, timing))

    def _lower_quartile(self, since: datetime, until: datetime, timing: Timing) -> float:
        length = BUCKET_PERIODS * _period(timing)
        buckets = [0] * max((until - since) // length, 1)
        for start, counts in self.periods.items():
            if since <= start < since + len(buckets) * length:
                buckets[(start - since) // length] += counts.calls
        return sorted(buckets)[(len(buckets) - 1) // 4] / BUCKET_PERIODS


def _period(timing: Timing) -> timedelta:
    return timedelta(seconds=timing.period_seconds)
