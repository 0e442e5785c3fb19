"""How CloudWatch datapoints become counts of both versions, and which datapoints count as unknown."""

from collections.abc import Iterable, Mapping
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
"""The value of each period that has a datapoint, by the start of the period."""


class Datapoints(NamedTuple):
    """The datapoints of one version: of all its calls, and of the bad ones, or of the others (`counts_the_rest`)."""

    all: Points
    bad: Points

    def periods(self) -> list[datetime]:
        """Return the starts of the periods with any datapoint, in order of time."""
        return sorted({*self.all, *self.bad})


GUARD_PERCENTILE = 90
"""If slow calls cannot be counted, a minute is slow if its p90 is: more than one call in ten was slower."""

NOTHING = Datapoints({}, {})


class MetricReading(Value):
    """How the datapoints of one metric are read."""

    title: str
    unit: Unit = Unit.CALLS
    over_ms: float | None = None
    """The duration in milliseconds above which a call is slow."""
    bad_is_separate: bool = False
    """Whether CloudWatch counts the bad calls apart from the others, such as refused calls, instead of among them."""
    counts_the_rest: bool = False
    """Whether CloudWatch counts the calls that are not bad; where it has none of them, every call is bad."""
    missing: Missing = Missing.UNKNOWN
    counts_lines: bool = False
    """Whether the bad events are log lines, which can be written later than the period in which their call started."""
    note: str = ""

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to query; the note says why."""
        return bool(self.note) and self.over_ms is None and not self.counts_lines


def metric_reading(metric: Metric, p99_before: float | None, *, by_percentile: bool) -> MetricReading:
    """Return how to read a metric; `p99_before` is stable's p99 in milliseconds, the limit if the policy has none."""
    if metric.slow:
        return _slow(metric.name, metric.slow.over_ms or p99_before, by_percentile=by_percentile)
    if metric.throttles:
        return MetricReading(title=metric.name, bad_is_separate=True)
    if metric.logs:
        return MetricReading(title=f"{metric.name} ({metric.logs.text})", counts_lines=True)
    return MetricReading(title=metric.name, missing=metric.cloudwatch.missing if metric.cloudwatch else Missing.UNKNOWN)


def _slow(name: str, over_ms: float | None, *, by_percentile: bool) -> MetricReading:
    if over_ms is None:
        return MetricReading(
            title=name, note="stable had no calls before the rollout, so there is no limit: set over_ms in the policy"
        )
    if not by_percentile:
        title = f"{name} (over {over_ms:,.6g} ms)"
        return MetricReading(title=title, over_ms=over_ms, counts_the_rest=True, missing=Missing.ZERO)
    return MetricReading(
        title=f"{name} (p{GUARD_PERCENTILE} over {over_ms:,.6g} ms)",
        unit=Unit.MINUTES,
        over_ms=over_ms,
        note="counted by the minute, because CloudWatch cannot count slow calls here",
    )


def with_unsplit(canary: Datapoints, stable: Datapoints, unsplit: Datapoints, window: Window) -> Datapoints:
    """Return the canary's datapoints in the bake: those of the alias where a period has none by version.

    For some seconds after the promotion stable may still serve calls, which belong to no canary. An open period may
    still get its datapoints by version, so it is taken from the alias only if no period of the bake has any.
    """
    by_version = {at for at in (*canary.periods(), *stable.periods()) if at >= window.start}
    end = window.closed_until if by_version else window.end
    periods = [at for at in unsplit.periods() if window.start <= at < end and at not in by_version]
    return Datapoints(
        *(_filled(of_canary, of_alias, periods) for of_canary, of_alias in zip(canary, unsplit, strict=True))
    )


def _filled(points: Points, unsplit: Points, periods: list[datetime]) -> Points:
    return {**points, **{at: unsplit[at] for at in periods if at in unsplit}}


def series_from(
    reading: MetricReading, window: Window, canary: Datapoints, stable: Datapoints, before: Datapoints
) -> Series:
    """Return the counts of a metric; a period without usable datapoints of a version counts 0 calls for it (P5)."""
    if not (canary.bad or stable.bad or before.bad):
        reading = reading.model_copy(update={"missing": Missing.UNKNOWN})
    starts = sorted({*canary.periods(), *stable.periods()})
    shared = [at for at in starts if window.shared_start <= at < window.shared_end and at < window.start]
    starts = [at for at in starts if at >= window.start]
    if not starts and any(at >= window.start for at in before.all):
        reading = reading.model_copy(
            update={"note": "CloudWatch has calls of the alias in this time, but no calls by version"}
        )
    history = [_counts(reading, before, at) for at in before.periods() if at < window.history_end]
    # In the bake only the canary serves, so stable's minutes beside the canary are history too.
    beside = [_counts(reading, stable, at) for at in stable.periods() if window.shared_start <= at < window.start]
    steps = Series(
        minutes=_minutes(reading, canary, stable, shared),
        history=_newest(history),
        period_seconds=window.period_seconds,
    )
    return Series(
        minutes=_minutes(reading, canary, stable, starts),
        history=_newest(history + beside),
        before_promotion=steps if shared else None,
        period_seconds=window.period_seconds,
        title=reading.title,
        unit=reading.unit,
        note=reading.note,
    )


def _minutes(
    reading: MetricReading, canary: Datapoints, stable: Datapoints, starts: Iterable[datetime]
) -> tuple[Minute, ...]:
    return tuple(
        Minute(start=at, canary=_counts(reading, canary, at), stable=_counts(reading, stable, at)) for at in starts
    )


def _newest(history: Iterable[Counts]) -> tuple[Counts, ...]:
    return tuple(counts for counts in history if counts.calls)[-HISTORY_PERIODS:]


def _counts(reading: MetricReading, datapoints: Datapoints, at: datetime) -> Counts:
    calls, bad = datapoints.all.get(at), datapoints.bad.get(at)
    if reading.bad_is_separate:
        return Counts(calls=round((calls or 0) + (bad or 0)), bad=round(bad or 0))
    if bad is None and reading.missing is Missing.ZERO:
        bad = 0
    if not calls or bad is None:
        return Counts()
    if reading.unit is Unit.MINUTES:
        return Counts(calls=1, bad=int(bad > (reading.over_ms or 0)))
    counted = min(round(bad), round(calls))
    return Counts(calls=round(calls), bad=round(calls) - counted if reading.counts_the_rest else counted)


def weighted_median(values: Mapping[datetime, float], calls: Mapping[datetime, float]) -> float | None:
    """Return the median of the periods' values, weighted by their calls; None without calls.

    A median, so that an outage in the history does not change the result.
    """
    weighted = sorted((values[at], calls[at]) for at in values.keys() & calls.keys() if calls[at])
    half = sum(weight for _, weight in weighted) / 2
    reached = accumulate(weight for _, weight in weighted)
    return next((value for (value, _), total in zip(weighted, reached, strict=True) if total >= half), None)
