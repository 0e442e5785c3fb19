"""Reads the counts of the metrics from CloudWatch, with one GetMetricData call per evaluation."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rollout.auto.recent_day import READ_PERIODS, RecentDay
from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.cloudwatch.answers import points_of, require_complete
from rollout.aws.cloudwatch.queries import (
    MetricQuery,
    MetricStatistic,
    StatisticPair,
    lambda_dimensions,
    log_lines,
    metric_query,
    queries,
    statistics_of,
)
from rollout.domain.errors import AwsRefusedError
from rollout.domain.identity import AccountRegion, Target
from rollout.evidence.series import Series
from rollout.judging.counting import (
    NOTHING,
    Datapoints,
    MetricReading,
    Points,
    metric_reading,
    series_from,
    weighted_median,
    with_unsplit,
)
from rollout.judging.log_lines import carry_back, format_uncounted, line_points
from rollout.judging.window import HISTORY_PERIODS, Timing, Window
from rollout.policy.criteria import errors_metric
from rollout.policy.metric import Metric
from rollout.state.rollout import Rollout

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_UNSUPPORTED_STATISTIC = ("ValidationError", "InvalidParameterValue", "InvalidParameterCombination")
"""The error codes of a statistic that a metric does not support."""


class VersionMetrics:
    """The metrics of an alias's calls, by executed version."""

    def __init__(self, client: "CloudWatchClient", timing: Timing) -> None:
        self._client = client
        self._timing = timing

    def measure(self, rollout: Rollout, window: Window) -> dict[str, Series]:
        """Return the series of each metric by its name; `errors` is always there, because it counts the calls.

        A period without a datapoint is left out and never counts as zero. Where CloudWatch does not support the count
        of slow calls, minutes count as slow by a percentile. Raises MetricsIncompleteError where CloudWatch returns an
        incomplete answer, AwsUnavailableError where it returns none.
        """
        try:
            return self._measure(rollout, window, by_percentile=False)
        except AwsRefusedError as error:
            if error.code not in _UNSUPPORTED_STATISTIC or not any(
                metric.slow for metric in rollout.policy.active_metrics
            ):
                raise
        return self._measure(rollout, window, by_percentile=True)

    def p99(self, target: Target, now: datetime) -> float | None:
        """Return the typical p99 duration of the alias in milliseconds, over the last 180 periods; None without calls.

        Raises MetricsIncompleteError or AwsUnavailableError.
        """
        dimensions = lambda_dimensions(target, None)
        calls, p99 = (
            MetricStatistic("AWS/Lambda", "Duration", statistic, dimensions) for statistic in ("SampleCount", "p99")
        )
        start = self._timing.floor(now) - HISTORY_PERIODS * timedelta(seconds=self._timing.period_seconds)
        points = self._read([calls, p99], start, self._timing.floor(now))
        return weighted_median(points[p99], points[calls])

    def calls(self, target: Target, now: datetime) -> tuple[dict[datetime, float], datetime]:
        """Return the alias's calls in the last 180 closed periods, and the end of the last one.

        Raises MetricsIncompleteError or AwsUnavailableError.
        """
        calls = MetricStatistic("AWS/Lambda", "Invocations", "Sum", lambda_dimensions(target, None))
        start, end = self._closed_history(now)
        return self._read([calls], start, end)[calls], end

    def recent_day(self, target: Target, now: datetime) -> RecentDay:
        """Return the alias's calls and failed calls in the last 1,500 closed periods, read with one request.

        Raises MetricsIncompleteError or AwsUnavailableError.
        """
        calls, errors = (
            MetricStatistic("AWS/Lambda", name, "Sum", lambda_dimensions(target, None))
            for name in ("Invocations", "Errors")
        )
        end = self._timing.closed_until(now)
        points = self._read([calls, errors], end - READ_PERIODS * timedelta(seconds=self._timing.period_seconds), end)
        return RecentDay.of(points[calls], points[errors], end)

    def log_bytes_per_second(self, log_groups: Sequence[str], now: datetime) -> float | None:
        """Return what these log groups received in the last 180 closed periods; None where CloudWatch has no number.

        Raises MetricsIncompleteError or AwsUnavailableError.
        """
        received = [
            MetricStatistic("AWS/Logs", "IncomingBytes", "Sum", (("LogGroupName", group),)) for group in log_groups
        ]
        start, end = self._closed_history(now)
        points = self._read(received, start, end)
        total = sum(sum(values.values()) for values in points.values())
        return total / (end - start).total_seconds() if any(points.values()) else None

    def _closed_history(self, now: datetime) -> tuple[datetime, datetime]:
        end = self._timing.closed_until(now)
        return end - HISTORY_PERIODS * timedelta(seconds=self._timing.period_seconds), end

    def _measure(self, rollout: Rollout, window: Window, *, by_percentile: bool) -> dict[str, Series]:
        readings = _readings(rollout, by_percentile=by_percentile)
        metric_queries = _metric_queries(rollout, readings)
        points = self._read(statistics_of(metric_queries.values()), window.history_start, window.end)
        points |= _line_points(rollout, self._timing)
        return {name: _series(reading, window, metric_queries.get(name), points) for name, reading in readings.items()}

    def _read(
        self, statistics: Sequence[MetricStatistic], start: datetime, end: datetime
    ) -> dict[MetricStatistic, dict[datetime, float]]:
        data_queries: list[Any] = [*queries(statistics, self._timing.period_seconds)]
        with translate_aws_errors("reading the versions' metrics"):
            pages = list(
                self._client.get_paginator("get_metric_data").paginate(
                    MetricDataQueries=data_queries,
                    StartTime=start,
                    EndTime=end,
                )
            )
        results = [result for page in pages for result in page.get("MetricDataResults", [])]
        by_id = {query["Id"]: statistic for query, statistic in zip(data_queries, statistics, strict=True)}
        require_complete(results, by_id)
        points: dict[MetricStatistic, dict[datetime, float]] = {statistic: {} for statistic in statistics}
        for result in results:
            points[by_id[result["Id"]]].update(points_of(result, end))
        return points


def count_metrics(rollout: Rollout) -> int:
    """Return how many CloudWatch metrics an evaluation requests."""
    return len(statistics_of(_metric_queries(rollout, _readings(rollout, by_percentile=False)).values()))


def _readings(rollout: Rollout, *, by_percentile: bool) -> dict[str, MetricReading]:
    readings = {
        metric.name: metric_reading(metric, rollout.p99_before, by_percentile=by_percentile)
        for metric in _metrics(rollout)
    }
    if metric := rollout.policy.log_metric:
        readings[metric.name] = readings[metric.name].model_copy(update={"note": format_uncounted(rollout)})
    return readings


def _line_points(rollout: Rollout, timing: Timing) -> dict[MetricStatistic, dict[datetime, float]]:
    canary, stable = line_points(rollout.log_counts, timing)
    return {log_lines(rollout.canary_version): {**canary}, log_lines(rollout.stable_version): {**stable}}


def _metric_queries(rollout: Rollout, readings: Mapping[str, MetricReading]) -> dict[str, MetricQuery]:
    metrics = {metric.name: metric for metric in _metrics(rollout)}
    return {
        name: metric_query(metrics[name], rollout, reading) for name, reading in readings.items() if not reading.is_idle
    }


def _metrics(rollout: Rollout) -> list[Metric]:
    return [metric for metric in (errors_metric(), *rollout.policy.active_metrics) if not metric.alarm]


def _series(
    reading: MetricReading, window: Window, query: MetricQuery | None, points: Mapping[MetricStatistic, Points]
) -> Series:
    def datapoints(pair: StatisticPair | None) -> Datapoints:
        read = Datapoints(points[pair.all], points[pair.bad]) if pair else NOTHING
        return carry_back(read, window.closed_until) if reading.counts_lines else read

    if query is None:
        return Series(title=reading.title, note=reading.note)
    canary, stable = datapoints(query.canary), datapoints(query.stable)
    canary = with_unsplit(canary, stable, datapoints(query.unsplit), window)
    return series_from(reading, window, canary, stable, datapoints(query.before))


def version_metrics(account_region: AccountRegion) -> VersionMetrics:
    """Return the adapter that reads metrics."""
    return VersionMetrics(clients.client_for(account_region, clients.cloudwatch_client), settings.timing())
