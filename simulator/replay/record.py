"""`record`: the minutes of both versions from CloudWatch, as `replay` reads them."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from simulator.files import UnreadableError
from simulator.replay.rows import COLUMNS, Row

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_COUNTS = {"calls": ("Invocations", "Sum"), "errors": ("Errors", "Sum")}
_NOT_TAKEN = ("ValidationError", "InvalidParameterValue", "InvalidParameterCombination")
"""How CloudWatch refuses a statistic that a metric does not have."""

_Counts = dict[str, dict[str, dict[datetime, int]]]
"""Each count of each series by the minute."""


def cloudwatch() -> "CloudWatchClient":
    """Return a client with the caller's own credentials and region; raises UnreadableError."""
    try:
        return boto3.client("cloudwatch")
    except BotoCoreError as error:
        raise UnreadableError(f"AWS cannot be reached: {error}") from error


@dataclass(frozen=True)
class Wanted:
    """Which minutes to record: those of a function's alias, which was split between two versions."""

    function: str
    alias: str
    stable: str
    canary: str
    slow_over_ms: float | None = None
    """Above how many milliseconds a call is slow; None for counting no slow calls."""

    @property
    def series(self) -> dict[str, dict[str, str]]:
        """The dimensions of what is asked for: each version's counts, and the alias's own."""
        alias = {"FunctionName": self.function, "Resource": f"{self.function}:{self.alias}"}
        versions = {"stable": self.stable, "canary": self.canary}
        return {name: alias | {"ExecutedVersion": version} for name, version in versions.items()} | {"alias": alias}

    @property
    def counts(self) -> dict[str, tuple[str, str]]:
        """The metric and the statistic of each count."""
        slow = {"slow": ("Duration", f"TC({self.slow_over_ms:.10g}:)")} if self.slow_over_ms else {}
        return _COUNTS | slow


def record(client: "CloudWatchClient", wanted: Wanted, since: datetime, until: datetime) -> list[Row]:
    """Return the minutes in that time.

    While both versions serve, Lambda counts by version; before that, the alias's own counts are stable's. Minutes after
    the split are left out: whose they are, the counts do not say. Raises UnreadableError.
    """
    try:
        rows = [*_rows(_counted(client, wanted, since, until))]
    except ClientError as error:
        raise UnreadableError(_refused(error, wanted)) from error
    except BotoCoreError as error:
        raise UnreadableError(f"CloudWatch could not be read: {error}") from error
    if not rows:
        raise UnreadableError(f"CloudWatch has no minute of {wanted.function}:{wanted.alias} in that time.")
    return rows


def as_csv(rows: list[Row], wanted: Wanted) -> str:
    """Return rows as a CSV file's text."""
    file = io.StringIO()
    columns = COLUMNS if wanted.slow_over_ms is None else [*Row.model_fields]
    if wanted.slow_over_ms is not None:
        file.write(f"# Slow calls took more than {wanted.slow_over_ms:,.10g} ms.\n")
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.model_dump(mode="json", include={*columns}) for row in rows)
    return file.getvalue()


def _refused(error: ClientError, wanted: Wanted) -> str:
    if wanted.slow_over_ms is None or error.response["Error"]["Code"] not in _NOT_TAKEN:
        return f"CloudWatch could not be read: {error}"
    return (
        f"CloudWatch counts no slow calls here, it refused {' '.join(wanted.counts['slow'])}: {error}"
        " Without --slow-over-ms the other counts are recorded."
    )


def _counted(client: "CloudWatchClient", wanted: Wanted, since: datetime, until: datetime) -> _Counts:
    queries = [*_queries(wanted)]
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=since, EndTime=until, ScanBy="TimestampAscending"
    )
    counted: _Counts = {name: {count: {} for count in wanted.counts} for name in wanted.series}
    for result in (result for page in pages for result in page["MetricDataResults"]):
        name, count = result["Id"].split("_")
        stamped = zip(result["Timestamps"], result["Values"], strict=True)
        counted[name][count].update({at.astimezone(UTC): round(value) for at, value in stamped})
    return counted


def _queries(wanted: Wanted) -> Iterator[Any]:
    for name, dimensions in wanted.series.items():
        listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
        for count, (metric, statistic) in wanted.counts.items():
            named = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": listed}
            yield {"Id": f"{name}_{count}", "MetricStat": {"Metric": named, "Period": 60, "Stat": statistic}}


def _rows(counted: _Counts) -> Iterator[Row]:
    canary, stable, alias = (counted[name] for name in ("canary", "stable", "alias"))
    split = canary["calls"].keys() | stable["calls"].keys()
    first_shift = min(canary["calls"], default=None)
    for start in sorted(alias["calls"].keys() | split):
        if start in split:
            yield Row(start=start, **_all_of(canary, "canary", start), **_all_of(stable, "stable", start))
        elif first_shift is None or start < first_shift:
            yield Row(start=start, **_all_of(alias, "stable", start))


def _all_of(counts: dict[str, dict[datetime, int]], name: str, start: datetime) -> dict[str, int | None]:
    """Return a version's counts; none of them unless calls and errors have both arrived."""
    found = {count: minutes.get(start) for count, minutes in counts.items()}
    if found["calls"] is None or found["errors"] is None:
        return {}
    if (slow := found.get("slow")) is not None:
        # Invocations and Duration are two metrics: in the newest minute the one may be ahead of the other.
        found["slow"] = min(slow, found["calls"])
    return {f"{name}_{count}": value for count, value in found.items()}
