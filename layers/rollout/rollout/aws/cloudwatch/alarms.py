"""Reads what CloudWatch alarms show."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rollout.aws.boto.errors import answered
from rollout.domain.enums import Colour

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_COLOURS = {"ALARM": Colour.RED, "OK": Colour.GREEN, "INSUFFICIENT_DATA": Colour.NO_DATA}


class Alarms:
    """The alarms of one account and region, metric and composite ones alike."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def colours(self, names: Sequence[str]) -> dict[str, Colour]:
        """Return what each of at most 100 alarms shows, in their order; raises AwsUnavailableError."""
        if not names:
            return {}
        with answered("reading alarms"):
            answer = self._client.describe_alarms(
                AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100
            )
        found = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in found}
        return {name: _COLOURS[states[name]] if name in states else Colour.MISSING for name in names}
