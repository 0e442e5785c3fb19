"""Publishes notifications to the stack's SNS topics: one for e-mail and other text, one for chats."""

from typing import TYPE_CHECKING

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.powertools import publishing_errors
from rollout.notifications.chat import chat_text
from rollout.notifications.moments import EVERY_MOMENT, Moment, read_moments
from rollout.notifications.notification import Notification

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef


class NotificationTopic:
    """A topic that people, or a chat, subscribe to."""

    def __init__(self, client: "SNSClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    def publish(self, notification: Notification, text: str) -> None:
        """Publish a notification with this text to all subscribers; raises AwsUnavailableError or AwsRefusedError."""
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": value} for name, value in notification.attributes.items()
        }
        with translate_aws_errors("publishing a notification"):
            self._client.publish(
                TopicArn=self._arn, Subject=notification.subject, Message=text, MessageAttributes=attributes
            )


def notify_people(notification: Notification) -> bool:
    """Publish a notification to each topic; return whether one of them took it.

    A failure is logged and counted. It prevents neither the other topic nor the rollout.
    """
    if notification.moment not in _notified_moments():
        return False
    published = []
    with publishing_errors("notification"):
        NotificationTopic(clients.sns_client(), settings.topic_arn()).publish(notification, notification.text)
        published.append("text")
    with publishing_errors("chat notification"):
        NotificationTopic(clients.sns_client(), settings.chat_topic_arn()).publish(
            notification, chat_text(notification)
        )
        published.append("chat")
    return bool(published)


def _notified_moments() -> frozenset[Moment]:
    """Return the moments of the stack's NotifyOn; every one where it cannot be read: unknown is not unwanted."""
    with publishing_errors("setting NotifyOn"):
        return read_moments(settings.notify_on())
    return EVERY_MOMENT
