"""Promises about which version runs, and about what CloudWatch says of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.emulator.selftest.stage import ALIAS, Stage

_BY_FUNCTION = {"FunctionName": "tried"}
_BY_ALIAS = {**_BY_FUNCTION, "Resource": "tried:live"}
_BY_VERSION = {**_BY_ALIAS, "ExecutedVersion": "2"}


def _weight_routes(stage: Stage) -> bool:
    """An alias with all its weight on version 2 runs version 2, and says so."""
    answer = stage.lambda_.invoke(FunctionName=ALIAS, Payload=b"{}")
    return (answer["ExecutedVersion"], answer["Payload"].read()) == ("2", b'"2"')


def _three_dimension_sets(stage: Stage) -> bool:
    """An invocation counts for its function, its alias and its version."""
    counted = [_sum(stage, dimensions) for dimensions in (_BY_FUNCTION, _BY_ALIAS, _BY_VERSION)]
    return min(counted) >= 1 and _sum(stage, {**_BY_ALIAS, "ExecutedVersion": "1"}) == 0


def _range_statistics(stage: Stage) -> bool:
    """TC and PR count what lies in a range, and answers come newest first."""
    now = datetime.now(UTC)
    data = [
        {"MetricName": "tried", "Value": value, "Timestamp": now - timedelta(minutes=minutes)}
        for minutes, value in ((5, 10.0), (5, 900.0), (3, 900.0))
    ]
    stage.metrics.put_metric_data(Namespace="Sandbox", MetricData=data)
    metric = {"Namespace": "Sandbox", "MetricName": "tried"}
    return [_values(stage, metric, "TC(100:)"), _values(stage, metric, "PR(:100)")] == [[1, 1], [0, 50]]


def _sum(stage: Stage, dimensions: dict[str, str]) -> float:
    pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": pairs}
    return sum(_values(stage, metric, "Sum"))


def _values(stage: Stage, metric: dict[str, Any], statistic: str) -> list[float]:
    now = datetime.now(UTC)
    query = {"Id": "tried", "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}
    answer = stage.metrics.get_metric_data(
        MetricDataQueries=[query], StartTime=now - timedelta(minutes=10), EndTime=now + timedelta(minutes=1)
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


PROMISES = [_weight_routes, _three_dimension_sets, _range_statistics]
