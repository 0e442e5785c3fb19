"""Checks of the metrics that functions write into their logs, and of the alarms that watch them."""

import json
import time
from typing import Any

from sandbox.emulator.selftest.cloudwatch import values_of
from sandbox.emulator.selftest.fixtures import ALIAS, Fixture

_BY_KIND = {"kind": "cake", "service": "shop"}


def _line(value: float) -> str:
    directive = {
        "Namespace": "Shop",
        "Dimensions": [["service"], ["kind", "service"]],
        "Metrics": [{"Name": "Sold", "Unit": "Count"}],
    }
    embedded = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": embedded, "Sold": [value], **_BY_KIND})


def _metric(**dimensions: str) -> dict[str, Any]:
    pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {"Namespace": "Shop", "MetricName": "Sold", "Dimensions": pairs}


def _sell(fixture: Fixture, value: float) -> None:
    """Let a function write a line with a metric, and one that only looks like it."""
    text = f'{_line(value)}\n{{"CloudWatchMetrics": "no"}}'
    fixture.lambda_.invoke(FunctionName=ALIAS, Payload=json.dumps({"print": text}).encode())


def _lines_are_metrics(fixture: Fixture) -> bool:
    """A line of a function in the embedded metric format counts under each of its sets of dimensions, and no other."""
    _sell(fixture, 3)
    sets: list[dict[str, str]] = [{"service": "shop"}, _BY_KIND, {"kind": "cake"}]
    return [values_of(fixture, _metric(**each), "Sum") for each in sets] == [[3], [3], []]


def _alarm_watches_its_dimensions(fixture: Fixture) -> bool:
    """An alarm is red by its own dimensions only, and without its data if it treats missing data as breaching."""
    shared = {"Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 2}
    above = shared | {"ComparisonOperator": "GreaterThanThreshold"}
    other = _metric(kind="bread", service="shop")
    fixture.metrics.put_metric_alarm(AlarmName="cake", **_metric(**_BY_KIND), **above)
    fixture.metrics.put_metric_alarm(AlarmName="bread", **other, **above)
    fixture.metrics.put_metric_alarm(AlarmName="none", **other, **above, TreatMissingData="breaching")
    _sell(fixture, 4)
    alarms = fixture.metrics.describe_alarms(AlarmNames=["cake", "bread", "none"])["MetricAlarms"]
    states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}
    return states == {"cake": "ALARM", "bread": "INSUFFICIENT_DATA", "none": "ALARM"}


CHECKS = [_lines_are_metrics, _alarm_watches_its_dimensions]
