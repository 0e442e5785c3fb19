"""Checks of the weighted routing and of its metrics."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.emulator.selftest.fixtures import ALIAS, Fixture, code_of, send_control_request

BY_FUNCTION = {"FunctionName": "example"}
_BY_ALIAS = {**BY_FUNCTION, "Resource": "example:live"}
_BY_VERSION = {**_BY_ALIAS, "ExecutedVersion": "2"}


def _weight_routes(fixture: Fixture) -> bool:
    """An alias with a weight of 1.0 on version 2 runs version 2, and the response names it."""
    response = fixture.lambda_.invoke(FunctionName=ALIAS, Payload=b"{}")
    return (response["ExecutedVersion"], response["Payload"].read()) == ("2", b'"2"')


def _three_dimension_sets(fixture: Fixture) -> bool:
    """An invocation counts in the metrics of its function, of its alias and of its version."""
    sums = [_sum(fixture, dimensions) for dimensions in (BY_FUNCTION, _BY_ALIAS, _BY_VERSION)]
    return min(sums) >= 1 and _sum(fixture, {**_BY_ALIAS, "ExecutedVersion": "1"}) == 0


def _range_statistics(fixture: Fixture) -> bool:
    """TC and PR measure a range, TC of an empty one has no datapoint, percentiles interpolate, the newest is first."""
    now = datetime.now(UTC)
    data = [
        {"MetricName": "example", "Value": value, "Timestamp": now - timedelta(minutes=minutes)}
        for minutes, value in ((5, 10.0), (5, 900.0), (3, 900.0))
    ]
    fixture.metrics.put_metric_data(Namespace="Sandbox", MetricData=data)
    metric = {"Namespace": "Sandbox", "MetricName": "example"}
    expected = {"TC(100:)": [1, 1], "TC(900:)": [], "PR(:100)": [0, 50], "p90": [900, 811], "SampleCount": [1, 2]}
    return {statistic: values_of(fixture, metric, statistic) for statistic in expected} == expected


def _minutes_expire(fixture: Fixture) -> bool:
    """A query by the minute that begins more than 15 days ago returns nothing, one by five minutes returns all."""
    metric = {"Namespace": "Sandbox", "MetricName": "example"}
    old, kept = timedelta(days=15, seconds=1), timedelta(days=14)
    found = [values_of(fixture, metric, "Sum", period, since) for period, since in ((60, old), (300, old), (60, kept))]
    return [bool(values) for values in found] == [False, True, True]


def _ranges_refused(fixture: Fixture) -> bool:
    """CloudWatch refuses range statistics of a function with the tag for it, and accepts percentiles."""
    function = ALIAS.removesuffix(":live")
    metric = {**metric_of(_BY_VERSION), "MetricName": "Duration"}
    fixture.lambda_.tag_resource(Resource=function, Tags={"sandbox:refuse-ranges": "yes"})
    refused = code_of(values_of, fixture, metric, "TC(100:)")
    percentiles = values_of(fixture, metric, "p90")
    fixture.lambda_.untag_resource(Resource=function, TagKeys=["sandbox:refuse-ranges"])
    counts = values_of(fixture, metric, "TC(:900000)")
    return (refused, bool(percentiles), bool(counts)) == ("ValidationError", True, True)


def _limits_refused(fixture: Fixture) -> bool:
    """CloudWatch refuses names and dimensions outside the limits of its API model."""
    metric = {"Namespace": "Sandbox", "MetricName": "example"}
    dimensions = [{"V": "é"}, {":V": "x"}, {"V": " "}, {f"d{number}": "x" for number in range(31)}]
    bad = [metric | {"Dimensions": metric_of(each)["Dimensions"]} for each in dimensions]
    bad += [metric | {"Namespace": ":Sandbox"}, metric | {"MetricName": "x" * 256}]
    codes = {code_of(values_of, fixture, each, "Sum") for each in bad}
    names = ["x" * 256], [f"alarm-{number}" for number in range(101)]
    codes |= {code_of(fixture.metrics.describe_alarms, AlarmNames=each) for each in names}
    return codes == {"ValidationError"}


def _sum(fixture: Fixture, dimensions: dict[str, str]) -> float:
    return sum(values_of(fixture, metric_of(dimensions), "Sum"))


def metric_of(dimensions: dict[str, str]) -> dict[str, Any]:
    pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": pairs}


def values_of(
    fixture: Fixture,
    metric: dict[str, Any],
    statistic: str,
    period: int = 60,
    since: timedelta = timedelta(minutes=10),
) -> list[float]:
    now = datetime.now(UTC)
    query = {"Id": "example", "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic}}
    response = fixture.metrics.get_metric_data(
        MetricDataQueries=[query], StartTime=now - since, EndTime=now + timedelta(minutes=1)
    )
    values: list[float] = response["MetricDataResults"][0]["Values"]
    return values


def _reads_counted(fixture: Fixture) -> bool:
    """Each metric of a request counts as one that its caller reads."""
    before = send_control_request(fixture, "metric-reads").get("root", 0)
    values_of(fixture, metric_of(_BY_ALIAS), "Sum")
    return bool(send_control_request(fixture, "metric-reads")["root"] == before + 1)


CHECKS = [
    _weight_routes,
    _three_dimension_sets,
    _range_statistics,
    _minutes_expire,
    _ranges_refused,
    _limits_refused,
    _reads_counted,
]
