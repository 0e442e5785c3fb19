"""Tests of ReadCanaryLogs: it adds a small field to the document, or one sentence, and changes nothing else."""

from typing import Any

import pytest

from rollout.aws.boto import clients
from rollout.log_findings import compare
from rollout.log_findings.read_line import read_line
from tests.integration.conftest import event

START = "2026-03-01 12:00"


def row(version: str, second: int, line: str) -> list[dict[str, str]]:
    cells = {"@timestamp": f"{START}:{second:02}.000", "@logStream": f"2026/03/01/[{version}]a", "line": line}
    return [{"field": name, "value": value} for name, value in cells.items()]


class Logs:
    """Answers a query with the lines of the version that it names."""

    def __init__(self, **lines: list[str]) -> None:
        self._lines = lines
        self._queries: list[str] = []

    def start_query(self, **request: Any) -> dict[str, str]:
        self._queries.append("canary" if "/[2]" in request["queryString"] else "stable")
        return {"queryId": self._queries[-1]}

    def get_query_results(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803 - the name of the API
        rows = [row(queryId, second, line) for second, line in enumerate(self._lines.get(queryId, []))]
        return {"status": "Complete", "results": rows, "statistics": {"recordsMatched": len(rows)}}


class Metrics:
    """Answers with a hundred calls of each version, and a thousand of the alias."""

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        ids = [query["Id"] for query in request["MetricDataQueries"]]
        return {
            "MetricDataResults": [
                {"Id": name, "StatusCode": "Complete", "Timestamps": [request["StartTime"]], "Values": [value]}
                for name, value in zip(ids, (100, 1_000), strict=True)
            ]
        }


@pytest.fixture
def logs(monkeypatch):
    def use(**lines: list[str]) -> None:
        given = Logs(**lines)
        monkeypatch.setattr(clients, "fast_logs_client", lambda: given)
        monkeypatch.setattr(clients, "fast_cloudwatch_client", Metrics)

    return use


def test_each_line_is_read_once(handle, logs, monkeypatch):
    """The alias's lock is held meanwhile, and a thousand lines of each version take half a second."""
    read: list[str] = []
    monkeypatch.setattr(compare, "read_line", lambda text: read.append(text) or read_line(text))
    canary, stable = [f"ERROR order {number}" for number in range(5)], ["ERROR Stock is low"]
    logs(canary=canary, stable=stable)
    handle("read_canary_logs", event("read_canary_logs"))
    assert read == [*canary, *stable]


def test_new_error_is_added_to_the_document(handle, logs):
    logs(canary=["ERROR Cannot pay order 17"] * 40, stable=["ERROR Stock is low"])
    before = event("read_canary_logs")
    after = handle("read_canary_logs", before)
    found = after.pop("canary_logs")
    assert after == before
    assert found["sentence"] == "version 2 logs 1 error that version 1 does not log"
    assert found["findings"][0]["sentence"] == (
        "new: 40 lines in 100 calls of version 2 (40 per 100 calls), none in 100 calls of version 1"
    )


def test_secret_of_the_log_is_not_in_the_document(handle, logs):
    logs(canary=["ERROR password=hunter2 of anna@example.com"])
    assert "hunter2" not in str(handle("read_canary_logs", event("read_canary_logs")))


@pytest.mark.parametrize(
    "changes",
    [
        {"first_shift_at": None},
        {"judgement": None},
        {"ending": {"outcome": "handed_over", "Error": "RolloutHandedOver", "Cause": "moved"}},
    ],
    ids=["no traffic", "not judged", "handed over"],
)
def test_document_is_unchanged_where_the_log_is_not_to_be_read(handle, changes):
    document = event("read_canary_logs") | changes
    assert handle("read_canary_logs", document) == document


def test_switch_leaves_the_log_unread_without_any_call(handle, monkeypatch):
    monkeypatch.setenv("CANARY_LOGS", "off")
    document = event("read_canary_logs")
    assert handle("read_canary_logs", document) == document


def test_member_account_without_its_role_is_a_sentence(handle):
    document = event("read_canary_logs")
    document["target"] |= {"account": "210987654321"}
    found = handle("read_canary_logs", document)["canary_logs"]
    assert found["sentence"].startswith("the log of version 2 was not read: ")


@pytest.mark.usefixtures("locked", "my_api")
def test_ending_says_that_the_log_was_not_read_where_reading_it_failed(handle, ledger):
    """P10: the Catch of ReadCanaryLogs leaves the document as it was."""
    handle("close_rollout", event("close_rollout"))
    (entry,) = [entry for entry in ledger() if entry["entry"].startswith("rollout#")]
    assert entry["canary_logs"]["sentence"] == (
        "the log of version 2 was not read: ReadCanaryLogs failed, and its error is in the history of the execution"
    )


@pytest.mark.usefixtures("locked", "my_api")
def test_ending_says_nothing_of_the_log_where_it_is_switched_off(handle, ledger, monkeypatch):
    monkeypatch.setenv("CANARY_LOGS", "off")
    handle("close_rollout", event("close_rollout"))
    (entry,) = [entry for entry in ledger() if entry["entry"].startswith("rollout#")]
    assert "canary_logs" not in entry


@pytest.mark.usefixtures("locked", "my_api")
def test_log_is_recorded_with_the_ending(handle, logs, ledger):
    logs(canary=["ERROR Cannot pay order 17"])
    handle("close_rollout", handle("read_canary_logs", event("read_canary_logs")))
    (entry,) = [entry for entry in ledger() if entry["entry"].startswith("rollout#")]
    assert entry["canary_logs"]["findings"][0]["signature"] == "ERROR: Cannot pay order <n>"
