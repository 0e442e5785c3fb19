"""Reads the states of CloudWatch alarms."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.enums import AlarmState
from rollout.domain.identity import AccountRegion

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_STATES = {"ALARM": AlarmState.ALARM, "OK": AlarmState.OK, "INSUFFICIENT_DATA": AlarmState.INSUFFICIENT_DATA}


class Alarms:
    """The metric alarms and composite alarms of one account and region."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def alarm_states(self, names: Sequence[str]) -> dict[str, AlarmState]:
        """Return the state of each of at most 100 alarms by its name, in their order; raises AwsUnavailableError."""
        if not names:
            return {}
        with translate_aws_errors("reading alarms"):
            answer = self._client.describe_alarms(
                AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100
            )
        alarms = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}
        return {name: _STATES[states[name]] if name in states else AlarmState.MISSING for name in names}


def alarms(account_region: AccountRegion) -> Alarms:
    """Return the adapter that reads CloudWatch alarms."""
    return Alarms(clients.client_for(account_region, clients.cloudwatch_client))
