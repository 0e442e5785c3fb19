"""`record`: reads the minutes of both versions from CloudWatch, in the format that `replay` takes."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from simulator.files import InvalidInputError
from simulator.replay.rows import COLUMNS, Row

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_STATISTICS = {"calls": ("Invocations", "Sum"), "errors": ("Errors", "Sum")}
_UNSUPPORTED_STATISTIC = ("ValidationError", "InvalidParameterValue", "InvalidParameterCombination")
"""The error codes of CloudWatch for a statistic that a metric does not have."""

_Counts = dict[str, dict[str, dict[datetime, int]]]
"""By series, by count, by the start of the minute."""


def cloudwatch_client() -> "CloudWatchClient":
    """Return a client with the caller's credentials and region; raises InvalidInputError."""
    try:
        return boto3.client("cloudwatch")
    except BotoCoreError as error:
        raise InvalidInputError(f"No CloudWatch client: {error} Set AWS_PROFILE and AWS_REGION.") from error


@dataclass(frozen=True)
class RecordingRequest:
    """The alias to record, and the two versions between which it was split, if it was."""

    function: str
    alias: str
    stable: str
    canary: str | None = None
    slow_over_ms: float | None = None
    """The limit in milliseconds above which a call is slow; None to record no slow calls."""

    @property
    def series(self) -> dict[str, dict[str, str]]:
        """The CloudWatch dimensions of each version's counts, and of the alias's own."""
        alias = {"FunctionName": self.function, "Resource": f"{self.function}:{self.alias}"}
        versions = {"stable": self.stable} | ({"canary": self.canary} if self.canary else {})
        return {name: alias | {"ExecutedVersion": version} for name, version in versions.items()} | {"alias": alias}

    @property
    def statistics(self) -> dict[str, tuple[str, str]]:
        """The CloudWatch metric and statistic of each count."""
        if not self.slow_over_ms:
            return _STATISTICS
        # The slow calls are the others: a range without calls may have no datapoint.
        within = "Duration", f"TC(:{self.slow_over_ms:.10g})"
        return _STATISTICS | {"samples": ("Duration", "SampleCount"), "within": within}


def record(client: "CloudWatchClient", request: RecordingRequest, since: datetime, until: datetime) -> list[Row]:
    """Return the minutes in that time.

    While the alias is split, Lambda counts by version. Before the split, the alias's counts are stable's. Minutes after
    the split are left out, as the alias's counts do not name the version. Raises InvalidInputError.
    """
    try:
        rows = [*_rows(_read_counts(client, request, since, until))]
    except ClientError as error:
        raise InvalidInputError(_format_client_error(error, request)) from error
    except BotoCoreError as error:
        raise InvalidInputError(f"CloudWatch could not be read: {error}") from error
    if not rows:
        raise InvalidInputError(
            f"CloudWatch has no minute of {request.function}:{request.alias} in that time."
            " Check the name, the region, --since and --until; CloudWatch keeps minutes for 15 days."
        )
    return rows


def format_csv(rows: list[Row], request: RecordingRequest) -> str:
    """Return the rows as the text of a CSV file."""
    file = io.StringIO()
    columns = COLUMNS if request.slow_over_ms is None else [*Row.model_fields]
    if request.slow_over_ms is not None:
        file.write(f"# A call is slow above {request.slow_over_ms:,.10g} ms.\n")
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.model_dump(mode="json", include={*columns}) for row in rows)
    return file.getvalue()


def _format_client_error(error: ClientError, request: RecordingRequest) -> str:
    if request.slow_over_ms is None or error.response["Error"]["Code"] not in _UNSUPPORTED_STATISTIC:
        return f"CloudWatch could not be read: {error}"
    return (
        f"CloudWatch does not count slow calls here: it refused {' '.join(request.statistics['within'])} ({error})."
        " Leave out --slow-over-ms to record the other counts."
    )


def _read_counts(client: "CloudWatchClient", request: RecordingRequest, since: datetime, until: datetime) -> _Counts:
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[*_queries(request)], StartTime=since, EndTime=until, ScanBy="TimestampAscending"
    )
    counts: _Counts = {name: {count: {} for count in request.statistics} for name in request.series}
    for result in (result for page in pages for result in page["MetricDataResults"]):
        name, count = result["Id"].split("_")
        datapoints = zip(result["Timestamps"], result["Values"], strict=True)
        counts[name][count].update({at.astimezone(UTC): round(value) for at, value in datapoints})
    return {name: _with_slow_calls(series) for name, series in counts.items()}


def _with_slow_calls(series: dict[str, dict[datetime, int]]) -> dict[str, dict[datetime, int]]:
    """Return the counts of a series with the slow calls in place of all calls with a duration and those not slow."""
    if "within" not in series:
        return series
    within = series["within"]
    slow = {at: max(samples - within.get(at, 0), 0) for at, samples in series["samples"].items()}
    return {count: series[count] for count in _STATISTICS} | {"slow": slow}


def _queries(request: RecordingRequest) -> Iterator[Any]:
    for name, dimensions in request.series.items():
        dimension_list = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        for count, (metric_name, statistic) in request.statistics.items():
            metric = {"Namespace": "AWS/Lambda", "MetricName": metric_name, "Dimensions": dimension_list}
            yield {"Id": f"{name}_{count}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}


def _rows(counts: _Counts) -> Iterator[Row]:
    stable, alias = counts["stable"], counts["alias"]
    canary = counts.get("canary", {count: {} for count in stable})
    split = canary["calls"].keys() | stable["calls"].keys()
    first_shift = min(canary["calls"], default=None)
    for start in sorted(alias["calls"].keys() | split):
        if start in split:
            yield Row(
                start=start, **_version_counts(canary, "canary", start), **_version_counts(stable, "stable", start)
            )
        elif first_shift is None or start < first_shift:
            yield Row(start=start, **_version_counts(alias, "stable", start))


def _version_counts(counts: dict[str, dict[datetime, int]], version: str, start: datetime) -> dict[str, int | None]:
    """Return a version's counts in a minute by column; empty unless both calls and errors are there."""
    values = {count: minutes.get(start) for count, minutes in counts.items()}
    if values["calls"] is None or values["errors"] is None:
        return {}
    if (slow := values.get("slow")) is not None:
        # Invocations and Duration are two metrics: in the newest minute, Duration can be ahead of Invocations.
        values["slow"] = min(slow, values["calls"])
    return {f"{version}_{count}": value for count, value in values.items()}
