"""Tests of the calls that a log is held against: by version and of the alias, and unknown where CloudWatch fails."""

from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from rollout.aws.cloudwatch.version_calls import VersionCalls
from rollout.log_findings.lines import VersionSpan
from tests.samples import AT, TARGET

SPAN = VersionSpan(version="4", since=AT, until=AT + timedelta(minutes=3))
MINUTES = [AT + timedelta(minutes=number) for number in range(4)]


def count(*values: list[float], status: str = "Complete", span: VersionSpan = SPAN) -> tuple[int | None, Any]:
    """Return the calls, where the n-th query has these values, and the request."""
    client, requests = boto3.client("cloudwatch"), []
    results = [
        {"Id": f"m{number}", "StatusCode": status, "Timestamps": MINUTES[: len(each)], "Values": each}
        for number, each in enumerate(values)
    ]
    client.meta.events.register("before-parameter-build.cloudwatch", lambda params, **_: requests.append(params))
    with Stubber(client) as stubber:
        stubber.add_response("get_metric_data", {"MetricDataResults": results})
        return VersionCalls(client, TARGET, 60).count(span), requests[0]


def test_calls_of_version_are_counted_in_its_minutes():
    calls, request = count([10, 20, 30, 99], [100, 100, 100])
    assert calls == 60  # without the minute after the end
    assert (request["StartTime"], request["EndTime"]) == (AT, AT + timedelta(minutes=3))
    dimensions = [query["MetricStat"]["Metric"]["Dimensions"][-1]["Value"] for query in request["MetricDataQueries"]]
    assert dimensions == ["4", "my-api:live"]


def test_calls_of_promoted_version_are_those_of_the_alias():
    assert count([], [100, 100, 100], span=SPAN.model_copy(update={"alone_since": MINUTES[1]}))[0] == 200


@pytest.mark.parametrize("status", ["PartialData", "InternalError"])
def test_incomplete_answer_is_not_known(status):
    """P5."""
    assert count([10], [10], status=status)[0] is None


@pytest.mark.parametrize("code", ["Throttling", "AccessDenied", "InternalServiceFault"])
def test_refusal_is_not_known_and_never_an_error(code):
    class Refusing:
        def get_metric_data(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": code, "Message": "refused"}}, "GetMetricData")

    assert VersionCalls(Refusing(), TARGET, 60).count(SPAN) is None
