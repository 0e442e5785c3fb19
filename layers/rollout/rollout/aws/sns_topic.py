"""Publishes notifications to the stack's SNS topic."""

from typing import TYPE_CHECKING

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.notifications.message import Notification

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef


class NotificationTopic:
    """The topic that people subscribe to."""

    def __init__(self, client: "SNSClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    def publish(self, notification: Notification) -> None:
        """Publish a notification to all subscribers; raises AwsUnavailableError."""
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": value} for name, value in notification.attributes.items()
        }
        with translate_aws_errors("publishing a notification"):
            self._client.publish(
                TopicArn=self._arn,
                Subject=notification.subject,
                Message=notification.text,
                MessageAttributes=attributes,
            )


def notification_topic() -> NotificationTopic:
    """Return the topic for notifications."""
    return NotificationTopic(clients.sns_client(), settings.topic_arn())
