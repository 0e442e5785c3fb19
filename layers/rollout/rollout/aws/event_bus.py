"""Sends news to the stack's event bus."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import EventsNotPublishedError
from rollout.notifications.events import Event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "rollouts"


class EventBus:
    """The bus others listen to."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def send(self, news: Sequence[Event]) -> None:
        """Publish at most ten events; raises EventsNotPublishedError where some are refused, or AwsUnavailableError."""
        with translate_aws_errors("sending news"):
            answer = self._client.put_events(Entries=[self._entry(one) for one in news])
        if answer["FailedEntryCount"]:
            refused = [
                f"{one['ErrorCode']}: {one.get('ErrorMessage')}" for one in answer["Entries"] if "ErrorCode" in one
            ]
            raise EventsNotPublishedError(
                f"EventBridge refused {len(refused)} of {len(news)} events: {'; '.join(refused)}"
            )

    def _entry(self, news: Event) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": news.detail_type,
            "Detail": news.model_dump_json(exclude_none=True),
            "Resources": [news.execution.arn],
            "Time": news.at,
        }
