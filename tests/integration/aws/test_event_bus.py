"""Tests of the event bus: an event that EventBridge refuses raises an error."""

import pytest
from botocore.stub import Stubber

from rollout.aws.event_bus import EventBus
from rollout.domain.errors import AwsUnavailableError, EventsNotPublishedError
from rollout.notifications.build_events import shift_events
from tests.integration.conftest import client
from tests.samples import AT, rollout


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (
            {"FailedEntryCount": 1, "Entries": [{"EventId": "1"}, {"ErrorCode": "InternalFailure"}]},
            EventsNotPublishedError,
        ),
        ("ThrottlingException", AwsUnavailableError),
    ],
)
def test_refused_events_raise_error(answer, error):
    with Stubber(client("events")) as stub:
        if isinstance(answer, str):
            stub.add_client_error("put_events", answer)
        else:
            stub.add_response("put_events", answer)
        with pytest.raises(error):
            EventBus(stub.client, "rollouts").publish(shift_events(rollout(), AT))
