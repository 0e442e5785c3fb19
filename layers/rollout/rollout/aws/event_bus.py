"""Publishes rollout events to the stack's event bus."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import EventsNotPublishedError
from rollout.notifications.events import Event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "rollouts"


class EventBus:
    """The bus that other systems subscribe to."""

    def __init__(self, client: "EventBridgeClient", name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, events: Sequence[Event]) -> None:
        """Publish at most ten events; raises EventsNotPublishedError where some are refused, or AwsUnavailableError."""
        with translate_aws_errors("publishing rollout events"):
            answer = self._client.put_events(Entries=[self._entry(event) for event in events])
        if answer["FailedEntryCount"]:
            errors = [
                f"{entry['ErrorCode']}: {entry.get('ErrorMessage')}"
                for entry in answer["Entries"]
                if "ErrorCode" in entry
            ]
            raise EventsNotPublishedError(
                f"EventBridge refused {len(errors)} of {len(events)} events: {'; '.join(errors)}"
            )

    def _entry(self, event: Event) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": event.detail_type,
            "Detail": event.model_dump_json(exclude_none=True),
            "Resources": [event.resource],
            "Time": event.at,
        }


def event_bus() -> EventBus:
    """Return the bus for rollout events."""
    return EventBus(clients.events_client(), settings.bus_name())
