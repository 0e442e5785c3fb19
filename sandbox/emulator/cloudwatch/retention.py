"""Keeps every metric point, and returns no minutes to a query that begins before CloudWatch keeps them."""

import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.services import cloudwatch

from sandbox.emulator.cloudwatch.statistics import JSON
from sandbox.emulator.seams import Answer, Original, Record, extends

_KEPT_SECONDS = 15 * 24 * 3600
"""How long CloudWatch keeps minutes."""

_LONGER_PERIOD = 300
"""A query that begins earlier needs a multiple of this period, or gets nothing at all."""


@extends(cloudwatch, "_evict_old_metrics")
def _keep_every_point(_original: Original) -> None:
    """Do nothing: a sandbox stops long before its points are two weeks old.

    MiniStack copies every series at each request, which takes time and can lose a point recorded during the copy.
    """


@extends(cloudwatch, "_get_metric_data")
def _return_no_expired_minutes(
    original: Callable[..., Answer], params: Record, data: Record, *protocol: bool
) -> Answer:
    status, headers, body = original(params, data, *protocol)
    if protocol != JSON or status != HTTPStatus.OK or _timestamp(data["StartTime"]) >= time.time() - _KEPT_SECONDS:
        return status, headers, body
    response = json.loads(body)
    fine = {query["Id"] for query in data["MetricDataQueries"] if _is_fine(query)}
    for result in response["MetricDataResults"]:
        if result["Id"] in fine:
            result.update({"Timestamps": [], "Values": []})
    return status, headers, json.dumps(response).encode()


def _is_fine(query: Record) -> bool:
    return bool(query.get("MetricStat", {}).get("Period", _LONGER_PERIOD) % _LONGER_PERIOD)


def _timestamp(value: Any) -> float:  # noqa: ANN401 - as MiniStack reads it
    return float(cloudwatch._parse_ts(value))  # noqa: SLF001 - MiniStack's private name
