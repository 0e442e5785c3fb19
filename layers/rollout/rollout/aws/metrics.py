"""Reads the counts of both versions from CloudWatch, in one GetMetricData call a look."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rollout.aws.answers import answered
from rollout.errors import MetricsIncompleteError
from rollout.health import Measured, Minute
from rollout.models import Health, Rollout
from rollout.window import Timing, Window
from rollout.words import Phase

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_COUNTS = {"calls": "Invocations", "errors": "Errors"}


class VersionMetrics:
    """What Lambda itself emits for an alias, by the version that ran."""

    def __init__(self, client: "CloudWatchClient", timing: Timing) -> None:
        self._client = client
        self._period_seconds = timing.period_seconds

    def measure(self, rollout: Rollout, window: Window) -> Measured:
        """Return both versions' counts of each period, and stable's before; in the bake, the alias's as the canary's.

        Periods without a datapoint are left out, never taken for zero. Raises MetricsIncompleteError where
        CloudWatch gave a part of the answer, AwsUnavailableError where it gave none.
        """
        series = self._read(_queries(rollout, self._period_seconds), window)
        starts = sorted({start for values in series.values() for start in values})
        before = (_health(series, "alias", start) for start in starts if start < window.history_end)
        return Measured(
            minutes=tuple(_minute(series, start) for start in starts if start >= window.start),
            history=tuple(health for health in before if health.calls),
        )

    def _read(self, queries: list[Any], window: Window) -> dict[str, dict[datetime, int]]:
        with answered("reading the versions' metrics"):
            pages = list(
                self._client.get_paginator("get_metric_data").paginate(
                    MetricDataQueries=queries, StartTime=window.history_start, EndTime=window.end
                )
            )
        results = [result for page in pages for result in page.get("MetricDataResults", [])]
        _require_complete(results, [query["Id"] for query in queries])
        series: dict[str, dict[datetime, int]] = {query["Id"]: {} for query in queries}
        for result in results:
            series[result["Id"]].update(_points(result, window))
        return series


def _queries(rollout: Rollout, period_seconds: int) -> list[dict[str, Any]]:
    if rollout.phase is Phase.BAKE:
        # The alias serves one version, and AWS documents per-version series for split aliases only.
        return _version_queries("canary", rollout, None, period_seconds)
    # Before the first shift the whole alias is stable; per-version series need not exist then.
    versions = {"canary": rollout.canary_version, "stable": rollout.stable_version, "alias": None}
    return [q for name, version in versions.items() for q in _version_queries(name, rollout, version, period_seconds)]


def _version_queries(name: str, rollout: Rollout, version: str | None, period_seconds: int) -> list[dict[str, Any]]:
    dimensions = {"FunctionName": rollout.target.function, "Resource": rollout.target.name}
    if version:
        dimensions["ExecutedVersion"] = version
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return [
        {
            "Id": f"{name}_{count}",
            "MetricStat": {
                "Metric": {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": listed},
                "Period": period_seconds,
                "Stat": "Sum",
            },
        }
        for count, metric in _COUNTS.items()
    ]


def _require_complete(results: Iterable[Mapping[str, Any]], ids: list[str]) -> None:
    """Refuse an answer whose last page leaves a series out or unfinished: a part of the truth is no verdict."""
    last_status = {result["Id"]: result.get("StatusCode") for result in results}
    unfinished = {name: last_status.get(name, "missing") for name in ids if last_status.get(name) != "Complete"}
    if unfinished:
        named = ", ".join(f"{name} is {status}" for name, status in unfinished.items())
        raise MetricsIncompleteError(f"CloudWatch gave only a part of what was asked: {named}.")


def _points(result: Mapping[str, Any], window: Window) -> dict[datetime, int]:
    stamped = zip(result["Timestamps"], result["Values"], strict=True)
    in_utc = ((stamp.astimezone(UTC), round(value)) for stamp, value in stamped)
    return {start: value for start, value in in_utc if start < window.end}


def _minute(series: dict[str, dict[datetime, int]], start: datetime) -> Minute:
    return Minute(start=start, canary=_health(series, "canary", start), stable=_health(series, "stable", start))


def _health(series: dict[str, dict[datetime, int]], name: str, start: datetime) -> Health:
    """Return a version's counts in a period; none at all unless both series have arrived (P5)."""
    calls, errors = (series.get(f"{name}_{count}", {}).get(start) for count in _COUNTS)
    if calls is None or errors is None:
        return Health()
    return Health(calls=calls, bad=min(errors, calls))
