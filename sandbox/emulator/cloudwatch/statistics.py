"""CloudWatch's statistics over a range, and the order of GetMetricData's answer."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
import re
from collections.abc import Callable
from http import HTTPStatus

from ministack.services import cloudwatch

from sandbox.emulator.seams import Answer, Original, Record, extends

# Values, not percentages: TC(800:) counts what is above 800, PR(:100) is the percentage up to 100.
RANGE = re.compile(r"^(?P<kind>TC|PR)\((?P<low>[\d.]*):(?P<high>[\d.]*)\)$")
JSON = (False, True)  # not CBOR, but JSON: what boto3 speaks
_BASIC = {"SampleCount", "Sum", "Average", "Minimum", "Maximum"}


@extends(cloudwatch, "_stat_value")
def _range_statistic(original: Original, stats: Record, name: str, points: list[Record] | None = None) -> float | None:
    if match := RANGE.match(name or ""):
        samples = cloudwatch._percentile_samples(points or [])
        return _range_value(samples, **match.groupdict()) if samples else None
    if name not in _BASIC and not cloudwatch._is_percentile_stat(name):
        raise ValueError(f"The sandbox does not know the statistic {name}.")  # MiniStack would answer the average
    value: float | None = original(stats, name, points)
    return value


def _range_value(samples: list[tuple[float, float]], kind: str, low: str, high: str) -> float:
    above, up_to = float(low or "-inf"), float(high or "inf")
    total = sum(weight for _, weight in samples)
    inside = sum(weight for value, weight in samples if above < value <= up_to)
    return inside if kind == "TC" else 100 * inside / total


@extends(cloudwatch, "_get_metric_data")
def _newest_first(original: Callable[..., Answer], params: Record, data: Record, *protocol: bool) -> Answer:
    """AWS answers newest first unless asked otherwise; MiniStack does the opposite."""
    status, headers, body = original(params, data, *protocol)
    if protocol != JSON or status != HTTPStatus.OK or data.get("ScanBy") == "TimestampAscending":
        return status, headers, body
    answer = json.loads(body)
    for result in answer["MetricDataResults"]:
        result["Timestamps"].reverse()
        result["Values"].reverse()
    return status, headers, json.dumps(answer).encode()
