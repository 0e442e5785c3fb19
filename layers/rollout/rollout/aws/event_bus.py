"""Sends news to the stack's event bus."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rollout.aws.boto.errors import answered
from rollout.domain.errors import NewsNotSentError
from rollout.notifications.events import News

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "rollouts"


class NewsBus:
    """The bus others listen to."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def send(self, news: Sequence[News]) -> None:
        """Send news, at most ten at once; raises NewsNotSentError for what is refused, or AwsUnavailableError."""
        with answered("sending news"):
            answer = self._client.put_events(Entries=[self._entry(one) for one in news])
        if answer["FailedEntryCount"]:
            refused = [
                f"{one['ErrorCode']}: {one.get('ErrorMessage')}" for one in answer["Entries"] if "ErrorCode" in one
            ]
            raise NewsNotSentError(f"EventBridge refused {len(refused)} of {len(news)} events: {'; '.join(refused)}")

    def _entry(self, news: News) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": news.detail_type,
            "Detail": news.model_dump_json(exclude_none=True),
            "Resources": [news.execution.arn],
            "Time": news.at,
        }
