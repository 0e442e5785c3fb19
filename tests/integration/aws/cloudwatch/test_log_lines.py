"""Tests of log lines: one bounded query counts them, and an incomplete answer is an error, never a verdict."""

from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from rollout.aws.cloudwatch.log_lines import QUERY_SECONDS, LogLines
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError, LogsUnreadableError, MetricsIncompleteError
from rollout.judging.window import evaluation_window
from rollout.policy.logs import Logs
from rollout.state.log_counts import LogCounts
from rollout.state.rollout import Rollout
from tests.samples import AT, ON_AWS, rollout

ERROR = Logs(pattern="ERROR")
WINDOW = evaluation_window(AT, AT, AT + timedelta(minutes=5), ON_AWS)
OWN = "/aws/lambda/my-api"


def row(version: str, minute: int, written: str = "10", **matching: str) -> list[dict[str, str]]:
    cells = {"version": version, "minute": f"2026-03-01 12:{minute:02}:00.000", "written": written} | matching
    return [{"field": name, "value": value} for name, value in cells.items()]


class FakeLogs:
    """Answers a query with these rows after some polls, or refuses it; records the requests."""

    def __init__(self, *rows: Any, polls: int = 0, status: str = "Complete", refuses: str = "") -> None:
        self.rows, self.polls, self.status, self.refuses = [*rows], polls, status, refuses
        self.requests: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def start_query(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        if self.refuses:
            raise ClientError({"Error": {"Code": self.refuses, "Message": "refused"}}, "StartQuery")
        return {"queryId": "query-1"}

    def get_query_results(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803 - the name of the API
        assert queryId == "query-1"
        self.polls -= 1
        if self.polls >= 0:
            return {"status": "Running", "results": self.rows[:1]}
        return {"status": self.status, "results": self.rows}

    def stop_query(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803 - the name of the API
        self.stopped.append(queryId)
        raise ClientError({"Error": {"Code": "InvalidParameterException", "Message": "not running"}}, "StopQuery")


def count(fake: FakeLogs, begun: Rollout | None = None, logs: Logs = ERROR) -> LogCounts:
    return LogLines(fake, ON_AWS, sleep=lambda _: None).count(logs, begun or rollout(), WINDOW)


def query_of(logs: Logs, **changes: Any) -> str:
    fake = FakeLogs()
    count(fake, rollout(**changes), logs)
    (request,) = fake.requests
    return str(request["queryString"])


def test_one_query_reads_the_rest_of_the_log():
    fake = FakeLogs(polls=3)
    count(fake)
    (request,) = fake.requests
    assert request | {"queryString": ""} == {
        "logGroupNames": [OWN],
        "startTime": int((AT - timedelta(minutes=180)).timestamp()),
        "endTime": int((AT + timedelta(minutes=5)).timestamp()) - 1,
        "queryString": "",
        "limit": 10_000,
    }


def test_next_query_begins_where_lines_can_still_arrive():
    counts, fake = count(FakeLogs()), FakeLogs()
    LogLines(fake, ON_AWS).count(
        ERROR,
        rollout(log_counts=counts),
        evaluation_window(AT, AT, AT + timedelta(minutes=6), ON_AWS),
    )
    (request,) = fake.requests
    assert request["startTime"] == counts.settled_until.timestamp() == (AT - timedelta(minutes=2)).timestamp()


def test_query_counts_matching_lines_by_version_and_period():
    assert query_of(ERROR) == (
        'filter strcontains(@logStream, "/my-api[4]") or strcontains(@logStream, "/my-api[3]")'
        ' or strcontains(@logStream, "/[4]") or strcontains(@logStream, "/[3]")'
        ' | parse @logStream "[*]" as version'
        ' | stats count(*) as written, sum(strcontains(@message, "ERROR")) as matching'
        " by version, bin(60s) as minute"
    )


def test_level_is_read_from_its_field():
    assert 'sum(strcontains(level, "ERROR")) as matching' in query_of(Logs(level="ERROR"))


def test_streams_of_another_function_in_a_shared_log_group_are_left_out():
    """In a custom log group, streams are called DATE/FUNCTION[VERSION][ID], and [4] alone may be another function's."""
    query = query_of(ERROR, log_groups=("shop-logs",))
    assert query.startswith('filter strcontains(@logStream, "/my-api[4]") or strcontains(@logStream, "/my-api[3]") |')


def test_versions_with_different_log_groups_are_read_together():
    fake = FakeLogs()
    count(fake, rollout(log_groups=("shop-logs", OWN)))
    assert fake.requests[0]["logGroupNames"] == ["shop-logs", OWN]
    assert 'strcontains(@logStream, "/[3]")' in fake.requests[0]["queryString"]


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        ("can't pay", '"can\'t pay"'),
        ('"statusCode": 5', "'\"statusCode\": 5'"),
        ("| limit 1", '"| limit 1"'),
        ("/ERROR/", '"/ERROR/"'),
    ],
)
def test_pattern_stays_one_literal(pattern, literal):
    assert f"sum(strcontains(@message, {literal})) as matching by" in query_of(Logs(pattern=pattern)).replace("  ", " ")


def test_rows_become_counts():
    counts = count(FakeLogs(row("4", 1, matching="3"), row("4", 2, matching="0.0"), row("3", 1)))
    assert (counts.canary[-5:], counts.stable[-5:]) == ((0, 3, 0, 0, 0), (0, 0, 0, 0, 0))
    assert (counts.canary_wrote, counts.stable_wrote, counts.note) == (True, True, "")


@pytest.mark.parametrize(
    "fake",
    [
        FakeLogs(polls=10_000),
        FakeLogs(status="Failed"),
        FakeLogs(status="Timeout"),
        FakeLogs(status="Cancelled"),
        FakeLogs(*[row("4", 1)] * 10_000),  # there may be more
    ],
    ids=["running", "failed", "timeout", "cancelled", "full"],
)
def test_unfinished_query_is_an_error_and_never_a_verdict(fake):
    with pytest.raises(MetricsIncompleteError, match="The state machine queries again"):
        count(fake)


def test_query_that_does_not_finish_is_stopped_in_time():
    """A query that goes on costs money, and one of the account's concurrent queries."""
    fake, slept = FakeLogs(polls=10_000), []
    with pytest.raises(MetricsIncompleteError):
        LogLines(fake, ON_AWS, sleep=slept.append).count(ERROR, rollout(), WINDOW)
    assert fake.stopped == ["query-1"]
    assert sum(slept) == QUERY_SECONDS == 20


@pytest.mark.parametrize(
    ("code", "error", "sentence"),
    [
        ("LimitExceededException", AwsUnavailableError, "querying /aws/lambda/my-api"),
        ("ThrottlingException", AwsUnavailableError, "querying the log of my-api"),
        ("AccessDeniedException", LogsUnreadableError, "Set the stack's parameter LogGroups"),
        ("MalformedQueryException", LogsUnreadableError, "Change the pattern of the metric"),
        ("InvalidParameterException", LogsUnreadableError, "Change the pattern of the metric"),
        ("SomethingElse", AwsRefusedError, "SomethingElse"),
    ],
)
def test_refused_query_is_an_error_that_says_what_to_do(code, error, sentence):
    with pytest.raises(error, match=sentence):
        count(FakeLogs(refuses=code))


def test_missing_log_group_is_told_and_counts_nothing():
    counts = count(FakeLogs(refuses="ResourceNotFoundException"))
    assert counts.note == "CloudWatch Logs has no log group /aws/lambda/my-api"
    assert (counts.canary, counts.settled_until) == ((), WINDOW.history_start)


def test_requests_and_answers_fit_the_model_of_the_api():
    client = boto3.client("logs")
    with Stubber(client) as stubber:
        stubber.add_response("start_query", {"queryId": "query-1"})
        stubber.add_response("get_query_results", {"status": "Scheduled", "results": []}, {"queryId": "query-1"})
        stubber.add_response(
            "get_query_results", {"status": "Complete", "results": [row("4", 1, matching="3")]}, {"queryId": "query-1"}
        )
        counts = LogLines(client, ON_AWS, sleep=lambda _: None).count(ERROR, rollout(), WINDOW)
        stubber.assert_no_pending_responses()
    assert counts.canary[-4] == 3
