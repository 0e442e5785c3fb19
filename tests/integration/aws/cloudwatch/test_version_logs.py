"""Tests of the log of two versions: two bounded queries, and one sentence for whatever goes wrong."""

from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from rollout.aws.cloudwatch.version_logs import MOST_LINES, QUERY_SECONDS, VersionLogs
from rollout.log_findings.lines import LogLine, VersionLines, VersionSpan
from tests.samples import AT, TARGET

OWN = "/aws/lambda/my-api"
CANARY = VersionSpan(version="4", since=AT, until=AT + timedelta(minutes=7))
STABLE = VersionSpan(version="3", since=AT - timedelta(minutes=7), until=AT)


def row(second: int, line: str) -> list[dict[str, str]]:
    cells = {"@timestamp": f"2026-03-01 12:00:{second:02}.123", "@logStream": "2026/03/01/[4]a", "line": line}
    return [{"field": name, "value": value} for name, value in {**cells, "@ptr": "x"}.items()]


class FakeLogs:
    """Answers each query after some polls, or refuses to start or to answer it; records the requests."""

    def __init__(self, *rows: Any, polls: int = 0, matched: int | None = None, **answer: Any) -> None:
        self.answer = {"status": "Complete", "results": [*rows], "statistics": {"recordsMatched": matched}} | answer
        if matched is None:
            del self.answer["statistics"]
        self.polls = polls
        self.refusals: dict[str, Exception] = {}
        self.requests: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def start_query(self, **request: Any) -> dict[str, Any]:
        self.requests.append(request)
        self._refuse("start_query")
        return {"queryId": f"query-{len(self.requests)}"}

    def get_query_results(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803 - the name of the API
        self._refuse(queryId)
        self.polls -= 1
        return self.answer if self.polls < 0 else {"status": "Running", "results": self.answer["results"][:1]}

    def stop_query(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803 - the name of the API
        self.stopped.append(queryId)
        raise error("InvalidParameterException", "StopQuery")

    def _refuse(self, call: str) -> None:
        if call in self.refusals:
            raise self.refusals[call]


def error(code: str, operation: str = "StartQuery") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "refused"}}, operation)


def read(fake: Any, groups: tuple[str, ...] = (OWN,), **options: Any) -> list[VersionLines]:
    return VersionLogs(fake, TARGET, groups, **({"sleep": lambda _: None} | options)).read(CANARY, STABLE)


def test_each_version_is_read_by_one_bounded_query_of_its_own_minutes():
    fake = FakeLogs()
    read(fake)
    canary, stable = fake.requests
    assert canary | {"queryString": ""} == {
        "logGroupNames": [OWN],
        "startTime": int(AT.timestamp()),
        "endTime": int((AT + timedelta(minutes=7)).timestamp()) - 1,
        "queryString": "",
        "limit": MOST_LINES,
    }
    assert stable["startTime"] == int((AT - timedelta(minutes=7)).timestamp())
    assert canary["queryString"] == (
        'filter strcontains(@logStream, "/my-api[4]") or strcontains(@logStream, "/[4]")'
        " | filter @message like /(?i)(error|exception|fatal|critical|severe|warn|panic|traceback|timed out|timeout|"
        "runtime exited)/ | fields @timestamp, @logStream, substr(@message, 0, 3000) as line | sort @timestamp asc"
    )


def test_streams_of_other_functions_in_a_shared_log_group_are_left_out():
    fake = FakeLogs()
    read(fake, groups=("shop-logs",))
    assert fake.requests[0]["queryString"].startswith('filter strcontains(@logStream, "/my-api[4]") | ')


def test_lines_are_returned_with_their_times():
    canary, _ = read(FakeLogs(row(1, "ERROR one"), row(2, "ERROR two"), polls=3))
    assert [line.text for line in canary.lines] == ["ERROR one", "ERROR two"]
    assert canary.lines[0].at == AT + timedelta(seconds=1, milliseconds=123)
    assert (canary.version, canary.note, canary.is_cut_off) == ("4", "", False)


def test_lines_that_were_not_returned_are_counted():
    canary, _ = read(FakeLogs(row(1, "ERROR one"), matched=5_000))
    assert (canary.matched, canary.is_cut_off) == (5_000, True)


def test_queries_that_do_not_finish_are_stopped_in_time():
    """The lock is held meanwhile, and a query that goes on costs money."""
    fake, slept = FakeLogs(polls=10_000), []
    both = read(fake, sleep=slept.append)
    assert fake.stopped == ["query-1", "query-2"]
    assert sum(slept) <= QUERY_SECONDS == 12
    assert [each.note for each in both] == ["the query was not finished after 12 s, and was stopped"] * 2


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_query_that_fails_is_a_sentence(status):
    assert read(FakeLogs(status=status))[0].note == f"the query ended with the status {status}"


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (error("ResourceNotFoundException"), "CloudWatch Logs has no log group /aws/lambda/my-api"),
        (error("AccessDeniedException"), "Lambda Rollouts may not query /aws/lambda/my-api"),
        (error("LimitExceededException"), "CloudWatch Logs is throttling or failing"),
        (error("ThrottlingException"), "CloudWatch Logs is throttling or failing"),
        (error("MalformedQueryException"), "CloudWatch Logs refuses the query"),
        (error("AccessDenied", "AssumeRole"), "the role of the member account cannot be assumed"),
        (EndpointConnectionError(endpoint_url="https://logs"), "CloudWatch Logs cannot be reached"),
    ],
    ids=["no group", "denied", "limit", "throttled", "malformed", "no role", "unreachable"],
)
@pytest.mark.parametrize("call", ["start_query", "query-1"])
def test_refused_query_is_a_sentence_and_never_an_error(call, refusal, sentence):
    fake = FakeLogs()
    fake.refusals[call] = refusal
    assert read(fake)[0].note.startswith(sentence)


def test_refusal_of_one_version_leaves_the_other():
    fake = FakeLogs(row(1, "ERROR one"))
    fake.refusals["query-2"] = error("ThrottlingException")
    canary, stable = read(fake)
    assert (len(canary.lines), bool(stable.note)) == (1, True)


def test_long_error_of_aws_is_shortened():
    """P12."""
    fake = FakeLogs()
    fake.refusals["start_query"] = ClientError({"Error": {"Code": "X", "Message": "x" * 9_000}}, "StartQuery")
    assert len(read(fake)[0].note) < 400


LINES = [
    LogLine(AT + timedelta(seconds=second), stream, "ERROR") for second, stream in ((5, "2026/[4]a"), (9, "2026/[4]b"))
]


def reader(fake: Any) -> VersionLogs:
    return VersionLogs(fake, TARGET, (OWN,), sleep=lambda _: None)


def test_ends_of_calls_are_read_in_the_streams_and_the_time_of_the_lines():
    fake = FakeLogs(row(6, "END RequestId: x"))
    (end,) = reader(fake).read_ends([*LINES, LINES[0]])
    assert end.text == "END RequestId: x"
    (request,) = fake.requests
    assert (request["startTime"], request["endTime"]) == (AT.timestamp() + 5, AT.timestamp() + 68)
    assert request["queryString"] == (
        'filter @logStream in ["2026/[4]a", "2026/[4]b"] | filter @message like /^END RequestId/'
        " | fields @timestamp, @logStream, substr(@message, 0, 60) as line | sort @timestamp asc"
    )


def test_nothing_is_queried_without_lines():
    fake = FakeLogs()
    assert (reader(fake).read_ends([]), fake.requests) == ((), [])


@pytest.mark.parametrize("call", ["start_query", "query-1"])
def test_ends_that_cannot_be_read_are_left_out(call):
    fake = FakeLogs()
    fake.refusals[call] = error("ThrottlingException")
    assert reader(fake).read_ends(LINES) == ()


def test_all_queries_together_end_in_time():
    slept: list[float] = []
    logs = VersionLogs(FakeLogs(polls=10_000), TARGET, (OWN,), sleep=slept.append)
    logs.read(CANARY, STABLE)
    assert logs.read_ends(LINES) == ()
    assert sum(slept) <= QUERY_SECONDS


def test_requests_and_answers_fit_the_model_of_the_api():
    client = boto3.client("logs")
    answer = {"status": "Complete", "results": [row(1, "ERROR")], "statistics": {"recordsMatched": 1.0}}
    with Stubber(client) as stubber:
        for query in ("query-1", "query-2"):
            stubber.add_response("start_query", {"queryId": query})
        for query in ("query-1", "query-2"):
            stubber.add_response("get_query_results", answer, {"queryId": query})
        canary, stable = read(client)
        stubber.assert_no_pending_responses()
    assert (len(canary.lines), len(stable.lines)) == (1, 1)
