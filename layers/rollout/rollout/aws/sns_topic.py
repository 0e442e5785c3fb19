"""Tells people how a rollout ended."""

from typing import TYPE_CHECKING

from rollout.aws.boto.errors import answered
from rollout.notifications.message import Notice

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef


class NoticeTopic:
    """The topic people subscribe to."""

    def __init__(self, client: "SNSClient", arn: str) -> None:
        self._client = client
        self._arn = arn

    def publish(self, notice: Notice) -> None:
        """Send a notice to whoever has subscribed; raises AwsUnavailableError."""
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": value} for name, value in notice.attributes.items()
        }
        with answered("telling people"):
            self._client.publish(
                TopicArn=self._arn, Subject=notice.subject, Message=notice.text, MessageAttributes=attributes
            )
