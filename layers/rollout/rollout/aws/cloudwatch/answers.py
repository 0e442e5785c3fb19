"""Reads the answer of GetMetricData."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rollout.aws.cloudwatch.queries import MetricStatistic
from rollout.domain.errors import MetricsIncompleteError


def require_complete(results: Iterable[Mapping[str, Any]], by_id: Mapping[str, MetricStatistic]) -> None:
    """Raise MetricsIncompleteError where a series is missing or unfinished: no verdict rests on a partial answer."""
    last_status = {result["Id"]: result.get("StatusCode") for result in results}
    incomplete = {name: last_status.get(name, "missing") for name in by_id if last_status.get(name) != "Complete"}
    if incomplete:
        statuses = ", ".join(f"{by_id[name].format()} is {status}" for name, status in incomplete.items())
        raise MetricsIncompleteError(
            f"CloudWatch returned an incomplete answer: {statuses}. It is read again; if that does not help, start the"
            " rollout again when CloudWatch works normally."
        )


def points_of(result: Mapping[str, Any], end: datetime) -> dict[datetime, float]:
    """Return the values of one series by the start of their period, without those from `end` on."""
    stamped = zip(result["Timestamps"], result["Values"], strict=True)
    in_utc = ((timestamp.astimezone(UTC), value) for timestamp, value in stamped)
    return {start: value for start, value in in_utc if start < end}
