"""`record`: the minutes of both versions from CloudWatch, as `replay` reads them."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from simulator.files import UnreadableError
from simulator.rows import Row

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_METRICS = {"calls": "Invocations", "errors": "Errors"}


def cloudwatch() -> "CloudWatchClient":
    """Return a client with the caller's own credentials and region; raises UnreadableError."""
    try:
        return boto3.client("cloudwatch")
    except BotoCoreError as error:
        raise UnreadableError(f"AWS cannot be reached: {error}") from error


def record(
    client: "CloudWatchClient", resource: tuple[str, str], versions: dict[str, str], since: datetime, until: datetime
) -> list[Row]:
    """Return the minutes of a function's alias: `versions` says which version is `stable` and which is `canary`.

    While both serve, Lambda counts by version; before that, the alias's own counts are stable's. Minutes after the
    split are left out: whose they are, the counts do not say. Raises UnreadableError.
    """
    try:
        rows = [*_rows(_counts(client, resource, versions, since, until))]
    except (BotoCoreError, ClientError) as error:
        raise UnreadableError(f"CloudWatch could not be read: {error}") from error
    if not rows:
        raise UnreadableError(f"CloudWatch has no minute of {':'.join(resource)} in that time.")
    return rows


def as_csv(rows: list[Row]) -> str:
    """Return rows as a CSV file's text."""
    file = io.StringIO()
    writer = csv.DictWriter(file, [*Row.model_fields], lineterminator="\n")
    writer.writeheader()
    writer.writerows(row.model_dump(mode="json") for row in rows)
    return file.getvalue()


def _counts(
    client: "CloudWatchClient", resource: tuple[str, str], versions: dict[str, str], since: datetime, until: datetime
) -> dict[str, dict[datetime, int]]:
    queries = [query for name in ("stable", "canary", "alias") for query in _queries(name, resource, versions)]
    pages = client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=since, EndTime=until, ScanBy="TimestampAscending"
    )
    counts: dict[str, dict[datetime, int]] = {query["Id"]: {} for query in queries}
    for result in (result for page in pages for result in page["MetricDataResults"]):
        stamped = zip(result["Timestamps"], result["Values"], strict=True)
        counts[result["Id"]].update({at.astimezone(UTC): round(value) for at, value in stamped})
    return counts


def _queries(name: str, resource: tuple[str, str], versions: dict[str, str]) -> Iterator[Any]:
    function, alias = resource
    dimensions = {"FunctionName": function, "Resource": f"{function}:{alias}"}
    if name in versions:
        dimensions["ExecutedVersion"] = versions[name]
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    for count, metric in _METRICS.items():
        named = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": listed}
        yield {"Id": f"{name}_{count}", "MetricStat": {"Metric": named, "Period": 60, "Stat": "Sum"}}


def _rows(counts: dict[str, dict[datetime, int]]) -> Iterator[Row]:
    split = counts["canary_calls"].keys() | counts["stable_calls"].keys()
    first_shift = min(counts["canary_calls"], default=None)
    for start in sorted(counts["alias_calls"].keys() | split):
        if start in split:
            yield Row(start=start, **_both(counts, "canary", start), **_both(counts, "stable", start))
        elif first_shift is None or start < first_shift:
            calls, errors = _both(counts, "alias", start).values()
            yield Row(start=start, stable_calls=calls, stable_errors=errors)


def _both(counts: dict[str, dict[datetime, int]], name: str, start: datetime) -> dict[str, int | None]:
    """Return a version's counts; none of them unless both have arrived."""
    both = {f"{name}_{count}": counts[f"{name}_{count}"].get(start) for count in _METRICS}
    return both if None not in both.values() else dict.fromkeys(both)
