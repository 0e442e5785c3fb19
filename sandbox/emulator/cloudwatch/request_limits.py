"""Refuses what CloudWatch refuses: names, values and lists outside the limits of the API model and its sentences."""

import re
from collections.abc import Callable, Iterator

from ministack.core import responses
from ministack.services import cloudwatch

from sandbox.emulator.cloudwatch.statistics import JSON
from sandbox.emulator.seams import Answer, Record, extends
from sandbox.emulator.shapes import broken_limits, input_shape

_DIMENSION = re.compile(r"[ -~]*[!-~][ -~]*")
"""ASCII characters, at least one of them no whitespace, and no control characters."""


@extends(cloudwatch, "_get_metric_data")
def _check_queries(original: Callable[..., Answer], params: Record, data: Record, *protocol: bool) -> Answer:
    reason = next(refused_queries(data), None) if protocol == JSON else None
    return _refused(reason) if reason else original(params, data, *protocol)


@extends(cloudwatch, "_describe_alarms")
def _check_alarms(original: Callable[..., Answer], params: Record, data: Record, *protocol: bool) -> Answer:
    reason = next(broken_limits(input_shape("cloudwatch", "DescribeAlarms"), data), None) if protocol == JSON else None
    return _refused(reason) if reason else original(params, data, *protocol)


def refused_queries(request: Record) -> Iterator[str]:
    """Yield why CloudWatch refuses a request of GetMetricData."""
    yield from broken_limits(
        input_shape("cloudwatch", "GetMetricData"), {k: v for k, v in request.items() if "Time" not in k}
    )
    for query in request["MetricDataQueries"]:
        for dimension in query.get("MetricStat", {}).get("Metric", {}).get("Dimensions") or []:
            if dimension["Name"].startswith(":") or not all(map(_DIMENSION.fullmatch, dimension.values())):
                yield f"The dimension {dimension} has characters that CloudWatch does not accept."


def _refused(reason: str) -> Answer:
    refused: Answer = responses.error_response_json("ValidationError", reason, 400)
    return refused
