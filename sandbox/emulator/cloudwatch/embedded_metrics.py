"""Makes metrics of the lines in the embedded metric format that functions write to their logs, as CloudWatch does."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
from collections.abc import Iterator
from itertools import product

from ministack.services import cloudwatch, lambda_svc

from sandbox.emulator.seams import Original, Record, extends

_MARK = '"CloudWatchMetrics"'
"""Each such line has it. Most lines are not parsed, because they do not."""


@extends(lambda_svc, "_emit_lambda_logs")
def _record_metrics(
    original: Original, function: Record, request_id: str, text: str, *args: object, **kw: object
) -> None:
    original(function, request_id, text, *args, **kw)
    if _MARK not in (text or ""):
        return
    for line in text.splitlines():
        for key, point in _points(line):
            cloudwatch._metric_bucket(key).append(point)
    cloudwatch._evaluate_all_alarms()


def _points(line: str) -> Iterator[tuple[tuple[str, str, object], Record]]:
    """Yield the datapoints of a line, each with the key of its series; none of any other line."""
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
        timestamp = document["_aws"]["Timestamp"] / 1000
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        for names, metric in product(directive["Dimensions"], directive["Metrics"]):
            dimensions = {name: document[name] for name in names}
            key = (directive["Namespace"], metric["Name"], cloudwatch._dims_key(dimensions))
            found = document[metric["Name"]]
            for value in found if isinstance(found, list) else [found]:
                point = {"Timestamp": timestamp, "Value": float(value), "Unit": metric.get("Unit", "None")}
                yield key, point | {"Dimensions": dimensions}
