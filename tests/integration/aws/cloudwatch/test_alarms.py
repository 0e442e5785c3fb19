"""Tests of alarms: one DescribeAlarms call reads metric alarms and composite alarms."""

import pytest
from botocore.stub import Stubber

from rollout.aws.cloudwatch.alarms import Alarms
from rollout.domain.enums import AlarmState
from rollout.domain.errors import AwsUnavailableError
from tests.integration.conftest import client


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
