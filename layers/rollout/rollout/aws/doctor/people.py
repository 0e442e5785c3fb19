"""Reads what lets people see and hear of the stack: alarms, the dashboard and subscriptions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.doctor.facts import OwnAlarms, Subscriptions

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sns import SNSClient


class People:
    """The alarms, the dashboard and the topics of the stack."""

    def __init__(self, cloudwatch: "CloudWatchClient", sns: "SNSClient") -> None:
        self._cloudwatch = cloudwatch
        self._sns = sns

    def alarms(self, names: Sequence[str]) -> OwnAlarms:
        """Return the alarms of these names, at most 100: those of a stack whose name begins alike are no others."""
        with translate_aws_errors("reading the alarms of the stack"):
            found = self._cloudwatch.describe_alarms(AlarmNames=names, MaxRecords=100)["MetricAlarms"]
        existing = tuple(alarm["AlarmName"] for alarm in found)
        return OwnAlarms(
            names=existing,
            missing=tuple(name for name in names if name not in existing),
            red=tuple(alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM"),
            silenced=tuple(alarm["AlarmName"] for alarm in found if not alarm["ActionsEnabled"]),
        )

    def has_dashboard(self, name: str) -> bool:
        """Return whether a dashboard exists."""
        with translate_aws_errors(f"looking for the dashboard {name}"):
            found = self._cloudwatch.list_dashboards(DashboardNamePrefix=name)["DashboardEntries"]
        return any(entry["DashboardName"] == name for entry in found)

    def subscriptions(self, *topics: str) -> Subscriptions:
        """Return how many subscriptions the topics have together. An unconfirmed one has no ARN."""
        arns: list[str] = []
        for topic in topics:
            with translate_aws_errors(f"reading the subscriptions of {topic}"):
                found = self._sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
            arns += [subscription["SubscriptionArn"] for subscription in found]
        confirmed = sum(arn.startswith("arn:") for arn in arns)
        return Subscriptions(confirmed=confirmed, pending=arns.count("PendingConfirmation"))


def people() -> People:
    """Return the alarms, the dashboard and the topics of the stack."""
    return People(clients.cloudwatch_client(), clients.sns_client())
