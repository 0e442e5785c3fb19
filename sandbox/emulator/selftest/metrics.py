"""Promises about which version runs, and about what CloudWatch says of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.emulator.selftest.stage import ALIAS, Stage, code_of

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
    """TC and PR count what lies in a range, percentiles lie between what they divide, and answers come newest first."""
    now = datetime.now(UTC)
    data = [
        {"MetricName": "tried", "Value": value, "Timestamp": now - timedelta(minutes=minutes)}
        for minutes, value in ((5, 10.0), (5, 900.0), (3, 900.0))
    ]
    stage.metrics.put_metric_data(Namespace="Sandbox", MetricData=data)
    metric = {"Namespace": "Sandbox", "MetricName": "tried"}
    told = {"TC(100:)": [1, 1], "TC(900:)": [0, 0], "PR(:100)": [0, 50], "p90": [900, 811], "SampleCount": [1, 2]}
    return {statistic: _values(stage, metric, statistic) for statistic in told} == told


def _ranges_refused(stage: Stage) -> bool:
    """CloudWatch refuses a range of the calls of a function whose tag asks for that, and answers a percentile."""
    function = ALIAS.removesuffix(":live")
    metric = {**_metric(_BY_VERSION), "MetricName": "Duration"}
    stage.lambda_.tag_resource(Resource=function, Tags={"sandbox:refuse-ranges": "yes"})
    refused = code_of(_values, stage, metric, "TC(100:)")
    slowest = _values(stage, metric, "p90")
    stage.lambda_.untag_resource(Resource=function, TagKeys=["sandbox:refuse-ranges"])
    answered = _values(stage, metric, "TC(900000:)")
    # The invocations of a slow start lie in more than one minute.
    return (refused, bool(slowest), set(answered)) == ("ValidationError", True, {0})


def _sum(stage: Stage, dimensions: dict[str, str]) -> float:
    return sum(_values(stage, _metric(dimensions), "Sum"))


def _metric(dimensions: dict[str, str]) -> dict[str, Any]:
    pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": pairs}


def _values(stage: Stage, metric: dict[str, Any], statistic: str) -> list[float]:
    now = datetime.now(UTC)
    query = {"Id": "tried", "MetricStat": {"Metric": metric, "Period": 60, "Stat": statistic}}
    answer = stage.metrics.get_metric_data(
        MetricDataQueries=[query], StartTime=now - timedelta(minutes=10), EndTime=now + timedelta(minutes=1)
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


PROMISES = [_weight_routes, _three_dimension_sets, _range_statistics, _ranges_refused]
