"""CloudWatch's range statistics, and the order of GetMetricData's values."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
import re
from collections.abc import Callable
from http import HTTPStatus

from ministack.services import cloudwatch

from sandbox.emulator.seams import Answer, Original, Record, extends

# Bounds are values, not percentages: TC(:800) counts the values up to 800, PR(:100) is the percentage up to 100.
RANGE = re.compile(r"^(?P<kind>TC|PR)\((?P<low>[\d.]*):(?P<high>[\d.]*)\)$")
JSON = (False, True)  # the arguments of a JSON request, which boto3 sends; CBOR requests have others
_BASIC = {"SampleCount", "Sum", "Average", "Minimum", "Maximum"}


@extends(cloudwatch, "_stat_value")
def _range_statistic(original: Original, stats: Record, name: str, points: list[Record] | None = None) -> float | None:
    if match := RANGE.match(name or ""):
        samples = cloudwatch._percentile_samples(points or [])
        return _range_value(samples, **match.groupdict()) if samples else None
    if name not in _BASIC and not cloudwatch._is_percentile_stat(name):
        raise ValueError(
            f"The sandbox lacks the statistic {name}: add it to {__name__}."
        )  # MiniStack returns the average
    value: float | None = original(stats, name, points)
    return value


def _range_value(samples: list[tuple[float, float]], kind: str, low: str, high: str) -> float | None:
    """Return the statistic; None for a count of an empty range, because AWS does not promise a datapoint for it."""
    above, up_to = float(low or "-inf"), float(high or "inf")
    total = sum(weight for _, weight in samples)
    counted = sum(weight for value, weight in samples if above < value <= up_to)
    return (counted or None) if kind == "TC" else 100 * counted / total


@extends(cloudwatch, "_get_metric_data")
def _newest_first(original: Callable[..., Answer], params: Record, data: Record, *protocol: bool) -> Answer:
    """By default AWS returns the newest value first; MiniStack always returns the oldest first."""
    status, headers, body = original(params, data, *protocol)
    if protocol != JSON or status != HTTPStatus.OK or data.get("ScanBy") == "TimestampAscending":
        return status, headers, body
    response = json.loads(body)
    for result in response["MetricDataResults"]:
        result["Timestamps"].reverse()
        result["Values"].reverse()
    return status, headers, json.dumps(response).encode()
