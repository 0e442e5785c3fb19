"""CloudTrail names whoever moved an alias, and its silence keeps no rollout open."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.aws.cloudtrail import CloudTrail
from tests.integration.conftest import NOW, client

ANNA = "arn:aws:iam::123456789012:user/anna"


def event(revision: str | None, who: str = ANNA) -> dict[str, Any]:
    written = None if revision is None else {"revisionId": revision}
    told = {"userIdentity": {"arn": who}, "eventTime": "2026-03-01T12:05:00Z", "responseElements": written}
    return {"EventName": "UpdateAlias20150331", "CloudTrailEvent": json.dumps(told)}


def who_wrote(*events: dict[str, Any]) -> str:
    with Stubber(client("cloudtrail")) as stub:
        asked = {
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "UpdateAlias20150331"}],
            "StartTime": NOW - timedelta(hours=1),
            "EndTime": NOW,
        }
        stub.add_response("lookup_events", {"Events": list(events)}, asked)
        return CloudTrail(stub.client).who_wrote("found", NOW)


def test_whoever_wrote_the_revision_is_named():
    found = who_wrote(event("another", who="arn:of:us"), event(None), event("found"))
    assert found == f"{ANNA} at 2026-03-01T12:05:00Z"


@pytest.mark.parametrize("events", [(), (event("another"),), (event(None),)])
def test_nobody_is_named_on_a_guess(events):
    assert who_wrote(*events) == ""


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "InvalidTimeRangeException"])
def test_what_cloudtrail_refuses_stops_nobody(code):
    with Stubber(client("cloudtrail")) as stub:
        stub.add_client_error("lookup_events", code)
        assert CloudTrail(stub.client).who_wrote("found", NOW) == ""
