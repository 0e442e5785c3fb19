"""Tests of the guardian and the queue: an execution that ended while it waited blocks no other version."""

import pytest

from rollout.aws.dynamodb.queue import queue
from rollout.aws.step_functions import Executions
from rollout.domain.errors import AwsUnavailableError
from rollout.domain.identity import Execution
from rollout.state.lock import QueuedVersion
from tests.integration.conftest import NOW, event, owned_entry
from tests.samples import TARGET

SWEEP = {"sweep": "aliases"}
STOPPED = event("guardian")
WAITING = Execution(arn=STOPPED["detail"]["executionArn"], name="my-api-9", started_at=NOW)
NEWER = Execution(arn="arn:of:a:newer:one", name="my-api-10", started_at=NOW)
pytestmark = pytest.mark.usefixtures("my_api", "ledger", "lambda_wire", "state_machine", "queued")


@pytest.fixture
def queued(ledger):
    """Version 9 waits for its turn; no rollout holds the lock."""
    queue().join(TARGET, QueuedVersion(version="9", holder=WAITING, seen_at=NOW))


@pytest.fixture
def status(monkeypatch) -> dict[str, str]:
    """The status of each execution by its ARN; moto knows none of them."""
    statuses = {WAITING.arn: "ABORTED", NEWER.arn: "RUNNING"}
    monkeypatch.setattr(Executions, "find_status", lambda _self, arn: statuses[arn])
    return statuses


@pytest.mark.parametrize("trigger", [SWEEP, STOPPED])
@pytest.mark.parametrize("ended", ["ABORTED", "FAILED", "TIMED_OUT", "gone"])
def test_version_of_an_ended_execution_leaves_the_queue(handle, status, trigger, ended):
    """Within seconds by the event, and with the next sweep where the event is lost."""
    status[WAITING.arn] = ended
    assert handle("guardian", trigger)["unqueued"] == ["my-api-9"]
    assert owned_entry("queue") is None


def test_older_version_begins_after_the_next_sweep(handle, status):
    """It has nothing to do while a newer version waits, and that one was stopped a minute ago."""
    queue().join(TARGET, QueuedVersion(version="10", holder=NEWER, seen_at=NOW))
    status[NEWER.arn] = "ABORTED"
    request = event("prepare_rollout") | {"request": {"function": "my-api"}}
    assert handle("prepare_rollout", request)["start"] == "nothing_to_do"
    handle("guardian", SWEEP)
    assert handle("prepare_rollout", request)["start"] == "begin"


@pytest.mark.parametrize("kept", ["RUNNING", "PENDING_REDRIVE", "SUCCEEDED"])
def test_version_that_waits_or_has_a_successor_keeps_its_place(handle, status, kept):
    """An execution that leaves its place to another one succeeds before the other has taken it."""
    status[WAITING.arn] = kept
    assert handle("guardian", SWEEP)["unqueued"] == []
    assert owned_entry("queue")


def test_newer_version_that_queues_meanwhile_keeps_its_place(handle, status, monkeypatch):
    """P3: only the entry that the guardian has read is removed."""
    newer = QueuedVersion(version="10", holder=NEWER, seen_at=NOW)
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: queue().join(TARGET, newer) or "ABORTED")
    handle("guardian", SWEEP)
    assert queue().find(TARGET) == newer


def test_event_of_another_execution_changes_no_queue(handle, status):
    other = STOPPED | {"detail": STOPPED["detail"] | {"executionArn": NEWER.arn}}
    assert handle("guardian", other)["unqueued"] == []
    assert owned_entry("queue")


def test_execution_that_cannot_be_read_is_reported_and_keeps_its_place(handle, monkeypatch):
    def fail(_self: object, _arn: str) -> str:
        raise AwsUnavailableError("reading execution my-api-9: AWS answered Throttling")

    monkeypatch.setattr(Executions, "find_status", fail)
    (failed,) = handle("guardian", SWEEP)["failed"]
    assert "Throttling" in failed["error"]
    assert owned_entry("queue")
