"""How CloudWatch's datapoints become counts of both versions, and when they tell nothing."""

from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate
from typing import NamedTuple

from rollout.domain.counts import Counts
from rollout.domain.enums import Missing, Unit
from rollout.domain.models import Value
from rollout.evidence.series import Minute, Series
from rollout.judging.window import HISTORY_PERIODS, Window
from rollout.policy.metric import Metric

Points = Mapping[datetime, float]
"""One number for each period that has a datapoint."""


class Datapoints(NamedTuple):
    """The datapoints of one version: all, and what of it is bad."""

    all: Points
    bad: Points

    def periods(self) -> list[datetime]:
        """Return the starts of the periods with any datapoint, in order."""
        return sorted({*self.all, *self.bad})


GUARD_PERCENTILE = 90
"""Where slow calls cannot be counted, a minute is slow if its p90 is: more than one call in ten took longer."""

NOTHING = Datapoints({}, {})


class MetricReading(Value):
    """How a metric's datapoints are read."""

    title: str
    unit: Unit = Unit.CALLS
    over_ms: float | None = None
    """Above how many milliseconds a call is slow."""
    refused_beside: bool = False
    """Whether the bad ones come on top of the others, as refused calls do, rather than among them."""
    missing: Missing = Missing.UNKNOWN
    note: str = ""

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to ask for, as the note says."""
        return bool(self.note) and self.over_ms is None


def metric_reading(metric: Metric, p99_before: float | None, *, by_percentile: bool) -> MetricReading:
    """Return how to read a metric; `p99_before` is stable's in milliseconds, the limit where none is stated."""
    if metric.slow:
        return _slow(metric.name, metric.slow.over_ms or p99_before, by_percentile=by_percentile)
    if metric.throttles:
        return MetricReading(title=metric.name, refused_beside=True)
    return MetricReading(title=metric.name, missing=metric.cloudwatch.missing if metric.cloudwatch else Missing.UNKNOWN)


def _slow(name: str, over_ms: float | None, *, by_percentile: bool) -> MetricReading:
    if over_ms is None:
        return MetricReading(
            title=name, note="stable had no calls before the rollout to learn a limit from; state over_ms"
        )
    if not by_percentile:
        return MetricReading(title=f"{name} (over {over_ms:,.6g} ms)", over_ms=over_ms)
    return MetricReading(
        title=f"{name} (p{GUARD_PERCENTILE} over {over_ms:,.6g} ms)",
        unit=Unit.MINUTES,
        over_ms=over_ms,
        note="by the minute, as CloudWatch counts no slow calls here",
    )


def series_from(
    how: MetricReading, window: Window, canary: Datapoints, stable: Datapoints, before: Datapoints
) -> Series:
    """Return what a metric counted; a period that tells nothing of a version leaves its counts at nothing (P5)."""
    if not (canary.bad or stable.bad or before.bad):
        how = how.model_copy(update={"missing": Missing.UNKNOWN})
    starts = sorted(start for start in {*canary.periods(), *stable.periods()} if start >= window.start)
    if not starts and any(at >= window.start for at in before.all):
        how = how.model_copy(update={"note": "CloudWatch has calls of the alias since then, and none by version"})
    # In the bake the alias serves the canary alone, and what stable did beside it is history as well.
    history = [_health(how, before, at) for at in before.periods() if at < window.history_end]
    history += [_health(how, stable, at) for at in stable.periods() if window.shared_start <= at < window.start]
    return Series(
        minutes=tuple(
            Minute(start=at, canary=_health(how, canary, at), stable=_health(how, stable, at)) for at in starts
        ),
        history=tuple(health for health in history if health.calls)[-HISTORY_PERIODS:],
        title=how.title,
        unit=how.unit,
        note=how.note,
    )


def _health(how: MetricReading, counted: Datapoints, at: datetime) -> Counts:
    every, bad = counted.all.get(at), counted.bad.get(at)
    if how.refused_beside:
        return Counts(calls=round((every or 0) + (bad or 0)), bad=round(bad or 0))
    if bad is None and how.missing is Missing.ZERO:
        bad = 0
    if not every or bad is None:
        return Counts()
    if how.unit is Unit.MINUTES:
        return Counts(calls=1, bad=int(bad > (how.over_ms or 0)))
    return Counts(calls=round(every), bad=min(round(bad), round(every)))


def typical(values: Mapping[datetime, float], calls: Mapping[datetime, float]) -> float | None:
    """Return the median of the periods' values, each weighed by its calls; None where there were none.

    A median, so that an outage within the history does not make the usual slowness.
    """
    weighed = sorted((values[at], calls[at]) for at in values.keys() & calls.keys() if calls[at])
    half = sum(weight for _, weight in weighed) / 2
    reached = accumulate(weight for _, weight in weighed)
    return next((value for (value, _), total in zip(weighed, reached, strict=True) if total >= half), None)
