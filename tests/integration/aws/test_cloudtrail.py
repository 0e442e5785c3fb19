"""Tests of CloudTrail: it names the writer of a revision, and an error names none."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.aws.cloudtrail import CloudTrail
from tests.integration.conftest import NOW, client

ANNA = "arn:aws:iam::123456789012:user/anna"


def event(revision: str | None, who: str = ANNA) -> dict[str, Any]:
    answer = None if revision is None else {"revisionId": revision}
    record = {"userIdentity": {"arn": who}, "eventTime": "2026-03-01T12:05:00Z", "responseElements": answer}
    return {"EventName": "UpdateAlias20150331", "CloudTrailEvent": json.dumps(record)}


def find_writer(*events: dict[str, Any]) -> str:
    with Stubber(client("cloudtrail")) as stub:
        parameters = {
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "UpdateAlias20150331"}],
            "StartTime": NOW - timedelta(hours=1),
            "EndTime": NOW,
        }
        stub.add_response("lookup_events", {"Events": list(events)}, parameters)
        return CloudTrail(stub.client).find_writer("revision-7", NOW)


def test_writer_of_revision_is_named():
    writer = find_writer(event("another", who="arn:of:a:rollout"), event(None), event("revision-7"))
    assert writer == f"{ANNA} at 2026-03-01T12:05:00Z"


@pytest.mark.parametrize("events", [(), (event("another"),), (event(None),)])
def test_unknown_writer_is_empty(events):
    assert find_writer(*events) == ""


@pytest.mark.parametrize("code", ["AccessDeniedException", "ThrottlingException", "InvalidTimeRangeException"])
def test_error_of_cloudtrail_is_empty(code):
    with Stubber(client("cloudtrail")) as stub:
        stub.add_client_error("lookup_events", code)
        assert CloudTrail(stub.client).find_writer("revision-7", NOW) == ""
