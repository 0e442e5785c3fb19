"""Reads what CloudWatch alarms show."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.enums import AlarmState

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_COLOURS = {"ALARM": AlarmState.ALARM, "OK": AlarmState.OK, "INSUFFICIENT_DATA": AlarmState.INSUFFICIENT_DATA}


class Alarms:
    """The alarms of one account and region, metric and composite ones alike."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def alarm_states(self, names: Sequence[str]) -> dict[str, AlarmState]:
        """Return what each of at most 100 alarms shows, in their order; raises AwsUnavailableError."""
        if not names:
            return {}
        with translate_aws_errors("reading alarms"):
            answer = self._client.describe_alarms(
                AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100
            )
        found = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in found}
        return {name: _COLOURS[states[name]] if name in states else AlarmState.MISSING for name in names}
