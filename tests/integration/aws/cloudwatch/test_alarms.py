"""Alarms are read in one question, metric and composite ones alike."""

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
    asked = {"AlarmNames": names, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "MaxRecords": 100}
    with Stubber(client("cloudwatch")) as stub:
        stub.add_response("describe_alarms", answer, asked)
        return Alarms(stub.client).alarm_states(names)


def test_every_state_has_its_colour():
    shown = alarm_states(
        ["a", "b", "c", "d"], metric=[("a", "ALARM"), ("c", "INSUFFICIENT_DATA")], composite=[("b", "OK")]
    )
    assert shown == {
        "a": AlarmState.ALARM,
        "b": AlarmState.OK,
        "c": AlarmState.INSUFFICIENT_DATA,
        "d": AlarmState.MISSING,
    }


def test_without_alarms_nothing_is_asked():
    with Stubber(client("cloudwatch")) as stub:
        assert Alarms(stub.client).alarm_states([]) == {}


def test_a_question_not_answered_is_unavailability():
    with Stubber(client("cloudwatch")) as stub:
        stub.add_client_error("describe_alarms", "Throttling")
        with pytest.raises(AwsUnavailableError, match="reading alarms"):
            Alarms(stub.client).alarm_states(["a"])
