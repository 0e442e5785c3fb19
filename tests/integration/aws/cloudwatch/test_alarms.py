"""Tests of alarms: one DescribeAlarms call reads metric alarms and composite alarms, and one call their data."""

from datetime import timedelta

import pytest
from botocore.stub import Stubber

from rollout.aws.cloudwatch.alarms import Alarms
from rollout.domain.enums import AlarmState
from rollout.domain.errors import AwsUnavailableError
from tests.integration.conftest import client
from tests.samples import AT


def alarm_states(names, metric=(), composite=()):
    answer = {
        "MetricAlarms": [{"AlarmName": name, "StateValue": state} for name, state in metric],
        "CompositeAlarms": [{"AlarmName": name, "StateValue": state} for name, state in composite],
    }
    parameters = {"AlarmNames": names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100}
    with Stubber(client("cloudwatch")) as stub:
        stub.add_response("describe_alarms", answer, parameters)
        return Alarms(stub.client).alarm_states(names)


def test_every_alarm_has_its_state():
    states = alarm_states(
        ["a", "b", "c", "d"], metric=[("a", "ALARM"), ("c", "INSUFFICIENT_DATA")], composite=[("b", "OK")]
    )
    assert states == {
        "a": AlarmState.ALARM,
        "b": AlarmState.OK,
        "c": AlarmState.INSUFFICIENT_DATA,
        "d": AlarmState.MISSING,
    }


def test_policy_without_alarms_calls_nothing():
    with Stubber(client("cloudwatch")) as stub:
        assert Alarms(stub.client).alarm_states([]) == {}


def test_throttled_read_is_unavailable():
    with Stubber(client("cloudwatch")) as stub:
        stub.add_client_error("describe_alarms", "Throttling")
        with pytest.raises(AwsUnavailableError, match="reading alarms"):
            Alarms(stub.client).alarm_states(["a"])


PLAIN = {
    "AlarmName": "plain",
    "Namespace": "AWS/Lambda",
    "MetricName": "Errors",
    "Dimensions": [{"Name": "FunctionName", "Value": "my-api"}],
    "Period": 60,
    "Statistic": "Sum",
}
STAT = {"Metric": {"Namespace": "Shop", "MetricName": "Failed"}, "Period": 3600, "Stat": "p99"}
MATH = {
    "AlarmName": "math",
    "Metrics": [
        {"Id": "rate", "Expression": "FILL(failed, 0)", "ReturnData": True},
        {"Id": "failed", "MetricStat": STAT, "ReturnData": False, "AccountId": "210987654321"},
    ],
}
LATENCY = {"AlarmName": "latency", "MetricName": "Duration", "Namespace": "AWS/Lambda", "Period": 7200} | {
    "ExtendedStatistic": "p99"
}


def without_data(*alarms, values=(), statuses=("Complete",) * 3):
    """Return the alarms without data, and the parameters of the request that found them."""
    requests = []
    results = [
        {"Id": name, "Values": found, "Timestamps": [AT] * len(found), "StatusCode": status}
        for name, found, status in zip(("a0_0", "a1_0", "a2_0"), values, statuses, strict=False)
    ]

    def record(params, **_):
        requests.append(params)

    cloudwatch = client("cloudwatch")
    cloudwatch.meta.events.register("provide-client-params.cloudwatch.GetMetricData", record)
    try:
        with Stubber(cloudwatch) as stub:
            stub.add_response("describe_alarms", {"MetricAlarms": [*alarms]})
            stub.add_response("get_metric_data", {"MetricDataResults": results})
            return Alarms(cloudwatch).without_data([alarm["AlarmName"] for alarm in alarms], AT), requests
    finally:
        cloudwatch.meta.events.unregister("provide-client-params.cloudwatch.GetMetricData", record)


def test_alarm_whose_metric_has_no_datapoint_is_without_data():
    """P5: an alarm that treats missing data as good is OK without any."""
    silent, _ = without_data(PLAIN, MATH, LATENCY, values=([], [0.0], []))
    assert silent == ("plain", "latency")


def test_metrics_of_alarms_are_read_without_their_expressions():
    """An expression such as FILL has values without any datapoint."""
    _, (request,) = without_data(PLAIN, MATH, LATENCY, values=([], [], []))
    assert [query["Id"] for query in request["MetricDataQueries"]] == ["a0_0", "a1_0", "a2_0"]
    plain, math, latency = request["MetricDataQueries"]
    assert plain["MetricStat"]["Metric"] == {name: PLAIN[name] for name in ("Namespace", "MetricName", "Dimensions")}
    assert (plain["MetricStat"]["Period"], plain["MetricStat"]["Stat"]) == (60, "Sum")
    assert (math["MetricStat"], math["AccountId"]) == (STAT, "210987654321")
    assert latency["MetricStat"]["Stat"] == "p99"
    assert (request["StartTime"], request["EndTime"]) == (AT - timedelta(hours=4), AT)  # two of the longest periods


def test_unanswered_metric_is_not_without_data():
    """P10: a remark states only what was found."""
    assert without_data(PLAIN, MATH, values=([], []), statuses=("InternalError", "PartialData"))[0] == ()


def test_refused_metric_is_not_without_data():
    with Stubber(client("cloudwatch")) as stub:
        stub.add_response("describe_alarms", {"MetricAlarms": [PLAIN]})
        stub.add_client_error("get_metric_data", "AccessDenied", http_status_code=403)
        assert Alarms(stub.client).without_data(["plain"], AT) == ()


def test_composite_alarm_has_no_metric():
    with Stubber(client("cloudwatch")) as stub:
        stub.add_response("describe_alarms", {"MetricAlarms": [], "CompositeAlarms": [{"AlarmName": "all"}]})
        assert Alarms(stub.client).without_data(["all"], AT) == ()
        assert Alarms(stub.client).without_data([], AT) == ()
