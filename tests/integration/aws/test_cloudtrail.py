"""Tests of CloudTrail: it names the writer of a revision, and an error is not taken for an answer."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.aws.cloudtrail import CloudTrail
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError
from tests.integration.conftest import NOW, client

ANNA = "arn:aws:iam::123456789012:user/anna"


def event(revision: str | None, who: str = ANNA) -> dict[str, Any]:
    answer = None if revision is None else {"revisionId": revision}
    record = {"userIdentity": {"arn": who}, "eventTime": "2026-03-01T12:05:00Z", "responseElements": answer}
    return {"EventName": "UpdateAlias20150331", "CloudTrailEvent": json.dumps(record)}


def find_writer(*events: dict[str, Any], without_date: tuple[dict[str, Any], ...] = ()) -> str:
    """Return the writer by these events, whose names have a date, and by others, whose names have none."""
    with Stubber(client("cloudtrail")) as stub:
        for name, found in {"UpdateAlias20150331": events, "UpdateAlias": without_date}.items():
            parameters = {
                "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}],
                "StartTime": NOW - timedelta(days=1),
                "EndTime": NOW,
            }
            stub.add_response("lookup_events", {"Events": list(found)}, parameters)
        return CloudTrail(stub.client).find_writer("revision-7", NOW)


def test_writer_of_revision_is_named():
    writer = find_writer(event("another", who="arn:of:a:rollout"), event(None), event("revision-7"))
    assert writer == f"{ANNA} at 2026-03-01T12:05:00Z"


def test_writer_is_found_by_the_name_without_a_date():
    assert find_writer(event("another"), without_date=(event("revision-7"),)) == f"{ANNA} at 2026-03-01T12:05:00Z"


def test_writer_is_found_by_one_name_where_the_other_is_throttled():
    with Stubber(client("cloudtrail")) as stub:
        stub.add_client_error("lookup_events", "ThrottlingException")
        stub.add_response("lookup_events", {"Events": [event("revision-7")]})
        assert CloudTrail(stub.client).find_writer("revision-7", NOW) == f"{ANNA} at 2026-03-01T12:05:00Z"


@pytest.mark.parametrize("events", [(), (event("another"),), (event(None),)])
def test_unknown_writer_is_empty(events):
    assert find_writer(*events) == ""


def test_writer_is_found_on_a_later_page_of_at_most_three():
    with Stubber(client("cloudtrail")) as stub:
        for token in ("2", "3"):
            stub.add_response("lookup_events", {"Events": [event("another")] * 50, "NextToken": token})
        stub.add_response("lookup_events", {"Events": [event("revision-7")], "NextToken": "4"})
        assert CloudTrail(stub.client).find_writer("revision-7", NOW) == f"{ANNA} at 2026-03-01T12:05:00Z"


def test_no_more_than_three_pages_of_a_name_are_read():
    with Stubber(client("cloudtrail")) as stub:
        for token in ("2", "3", "4"):
            stub.add_response("lookup_events", {"Events": [event("another")] * 50, "NextToken": token})
        stub.add_response("lookup_events", {"Events": []})
        assert CloudTrail(stub.client).find_writer("revision-7", NOW) == ""
        stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "error"), [("AccessDeniedException", AwsRefusedError), ("ThrottlingException", AwsUnavailableError)]
)
def test_error_of_cloudtrail_is_raised_where_no_name_is_found(code, error):
    """An error is not an answer: the search goes on."""
    with Stubber(client("cloudtrail")) as stub:
        stub.add_client_error("lookup_events", code)
        stub.add_response("lookup_events", {"Events": [event("another")]})
        with pytest.raises(error, match="looking up the writer of an alias"):
            CloudTrail(stub.client).find_writer("revision-7", NOW)


COMMAND = "arn:aws:states:eu-west-1:123456789012:execution:rollouts-commands:pause-1"


def test_starter_of_execution_is_named():
    """P11."""
    record = {"userIdentity": {"arn": ANNA}, "eventTime": "2026-03-01T12:05:00Z"}
    answers = [{"executionArn": f"{COMMAND}0", "startDate": "x"}, {"executionArn": COMMAND, "startDate": "x"}, None]
    events = [{"CloudTrailEvent": json.dumps(record | {"responseElements": answer})} for answer in answers]
    with Stubber(client("cloudtrail")) as stub:
        parameters = {
            "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "StartExecution"}],
            "StartTime": NOW - timedelta(days=1),
            "EndTime": NOW,
        }
        stub.add_response("lookup_events", {"Events": events}, parameters)
        assert CloudTrail(stub.client).find_starter(COMMAND, NOW) == f"{ANNA} at 2026-03-01T12:05:00Z"
