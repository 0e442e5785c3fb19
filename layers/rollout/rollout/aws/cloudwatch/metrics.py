"""Reads what the metrics count from CloudWatch, in one GetMetricData call a look."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rollout.aws.boto.errors import error_code, translate_aws_errors
from rollout.aws.cloudwatch.queries import (
    MetricQuery,
    MetricStatistic,
    StatisticPair,
    lambda_dimensions,
    metric_query,
    queries,
    statistics_of,
)
from rollout.domain.errors import MetricsIncompleteError
from rollout.domain.identity import Target
from rollout.evidence.series import Series
from rollout.judging.counting import (
    NOTHING,
    Datapoints,
    MetricReading,
    Points,
    metric_reading,
    series_from,
    typical,
)
from rollout.judging.window import HISTORY_PERIODS, Timing, Window
from rollout.policy.criteria import ERRORS
from rollout.policy.metric import Metric
from rollout.state.rollout import Rollout

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_NOT_TAKEN = ("ValidationError", "InvalidParameterValue", "InvalidParameterCombination")
"""How CloudWatch refuses a statistic that a metric does not have."""


class VersionMetrics:
    """What is counted of an alias's calls, by the version that ran."""

    def __init__(self, client: "CloudWatchClient", timing: Timing) -> None:
        self._client = client
        self._timing = timing

    def measure(self, rollout: Rollout, window: Window) -> dict[str, Series]:
        """Return each metric's counts by its name; `errors`, for its calls, whether the policy has it or not.

        Periods without a datapoint are left out, never taken for zero. Where CloudWatch counts no slow calls, they are
        told by percentile. Raises MetricsIncompleteError where CloudWatch gave a part of the answer,
        AwsUnavailableError where it gave none.
        """
        try:
            return self._measured(rollout, window, by_percentile=False)
        except ClientError as refused:
            if error_code(refused) not in _NOT_TAKEN or not any(
                metric.slow for metric in rollout.policy.active_metrics
            ):
                raise
        return self._measured(rollout, window, by_percentile=True)

    def p99(self, target: Target, now: datetime) -> float | None:
        """Return the typical p99 of the alias's calls in milliseconds, over the last three hours on AWS; None for none.

        Raises MetricsIncompleteError or AwsUnavailableError.
        """
        dimensions = lambda_dimensions(target, None)
        calls, p99 = (
            MetricStatistic("AWS/Lambda", "Duration", statistic, dimensions) for statistic in ("SampleCount", "p99")
        )
        start = self._timing.floor(now) - HISTORY_PERIODS * timedelta(seconds=self._timing.period_seconds)
        points = self._read([calls, p99], start, self._timing.floor(now))
        return typical(points[p99], points[calls])

    def calls(self, target: Target, now: datetime) -> tuple[dict[datetime, float], datetime]:
        """Return the alias's calls in each closed period of the last three hours on AWS, and where these end.

        Raises MetricsIncompleteError or AwsUnavailableError.
        """
        count = MetricStatistic("AWS/Lambda", "Invocations", "Sum", lambda_dimensions(target, None))
        end = self._timing.floor(now - timedelta(seconds=self._timing.lag_seconds))
        start = end - HISTORY_PERIODS * timedelta(seconds=self._timing.period_seconds)
        return self._read([count], start, end)[count], end

    def _measured(self, rollout: Rollout, window: Window, *, by_percentile: bool) -> dict[str, Series]:
        ways = _ways(rollout, by_percentile=by_percentile)
        asked = _questions(rollout, ways)
        points = self._read(statistics_of(asked.values()), window.history_start, window.end)
        return {name: _series(way, window, asked.get(name), points) for name, way in ways.items()}

    def _read(
        self, counts: Sequence[MetricStatistic], start: datetime, end: datetime
    ) -> dict[MetricStatistic, dict[datetime, float]]:
        wanted: list[Any] = [*queries(counts, self._timing.period_seconds)]
        with translate_aws_errors("reading the versions' metrics"):
            pages = list(
                self._client.get_paginator("get_metric_data").paginate(
                    MetricDataQueries=wanted,
                    StartTime=start,
                    EndTime=end,
                )
            )
        results = [result for page in pages for result in page.get("MetricDataResults", [])]
        named = {query["Id"]: count for query, count in zip(wanted, counts, strict=True)}
        _require_complete(results, named)
        points: dict[MetricStatistic, dict[datetime, float]] = {count: {} for count in counts}
        for result in results:
            points[named[result["Id"]]].update(_points(result, end))
        return points


def count_metrics(rollout: Rollout) -> int:
    """Return how many metrics a look asks CloudWatch for."""
    return len(statistics_of(_questions(rollout, _ways(rollout, by_percentile=False)).values()))


def _ways(rollout: Rollout, *, by_percentile: bool) -> dict[str, MetricReading]:
    return {one.name: metric_reading(one, rollout.p99_before, by_percentile=by_percentile) for one in _metrics(rollout)}


def _questions(rollout: Rollout, ways: Mapping[str, MetricReading]) -> dict[str, MetricQuery]:
    metrics = {one.name: one for one in _metrics(rollout)}
    return {name: metric_query(metrics[name], rollout, way) for name, way in ways.items() if not way.is_idle}


def _metrics(rollout: Rollout) -> list[Metric]:
    return [one for one in (ERRORS, *rollout.policy.active_metrics) if not one.alarm]


def _series(
    how: MetricReading, window: Window, asked: MetricQuery | None, points: Mapping[MetricStatistic, Points]
) -> Series:
    def counted(pair: StatisticPair | None) -> Datapoints:
        return Datapoints(points[pair.all], points[pair.bad]) if pair else NOTHING

    if asked is None:
        return Series(title=how.title, note=how.note)
    return series_from(how, window, counted(asked.canary), counted(asked.stable), counted(asked.before))


def _require_complete(results: Iterable[Mapping[str, Any]], named: Mapping[str, MetricStatistic]) -> None:
    """Refuse an answer whose last page leaves a series out or unfinished: a part of the truth is no verdict."""
    last_status = {result["Id"]: result.get("StatusCode") for result in results}
    unfinished = {name: last_status.get(name, "missing") for name in named if last_status.get(name) != "Complete"}
    if unfinished:
        said = ", ".join(f"{named[name].format()} is {status}" for name, status in unfinished.items())
        raise MetricsIncompleteError(f"CloudWatch gave only a part of what was asked: {said}.")


def _points(result: Mapping[str, Any], end: datetime) -> dict[datetime, float]:
    stamped = zip(result["Timestamps"], result["Values"], strict=True)
    in_utc = ((stamp.astimezone(UTC), value) for stamp, value in stamped)
    return {start: value for start, value in in_utc if start < end}
