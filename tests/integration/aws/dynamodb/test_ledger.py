"""Tests of the ledger: it records a rollout, its evaluations and its ending, and accepts every write twice."""

from datetime import timedelta

import pytest
from botocore.stub import Stubber

from rollout.aws.dynamodb.ledger import Ledger, partition
from rollout.domain.enums import Move, Outcome
from rollout.domain.errors import AwsUnavailableError
from rollout.state.endings import ending_of, rolled_back
from tests.integration.conftest import client
from tests.samples import AT, EXECUTION, TARGET, judgement, rollout

ENDING = rolled_back("my-api:live", "3", "it failed")
EVALUATED = rollout(judgement=judgement(), evaluations=7, next_move=Move.WAIT, reason="healthy: errors: as counted")


@pytest.fixture
def table(ledger):
    return Ledger(client("dynamodb"), "ledger")


def test_ledger_records_rollout_evaluation_and_ending(table, ledger):
    table.open(rollout(reason="begun"), AT)
    table.record_evaluation(EVALUATED, AT + timedelta(minutes=5))
    assert table.close(TARGET, EXECUTION, ENDING, AT + timedelta(minutes=9))
    evaluation, entry = ledger()
    assert entry["target"] == evaluation["target"] == partition(TARGET) == "123456789012/eu-west-1/my-api/live"
    assert entry["entry"] == "rollout#2026-03-01T11:59:50.000Z#my-api-4"
    assert (entry["outcome"], entry["reason"]) == ("rolled_back", ENDING.cause)
    assert (entry["stable_version"], entry["canary_version"]) == ("3", "4")
    assert entry["ended_at"] == "2026-03-01T12:09:00.000Z"
    assert evaluation["entry"] == "evaluation#2026-03-01T11:59:50.000Z#my-api-4#00007"
    assert (evaluation["verdict"], evaluation["next_move"], evaluation["percent"]) == ("healthy", "wait", "10")
    assert evaluation["canary"] == {"calls": 100, "bad": 1}


def test_repeated_write_keeps_first_ending(table, ledger):
    """P4: a repeated write updates the same entry."""
    closed = []
    for minute in (0, 1):
        table.record_evaluation(EVALUATED, AT)
        closed.append(table.close(TARGET, EXECUTION, ENDING, AT + timedelta(minutes=minute)) is not None)
    _evaluation, entry = ledger()
    assert entry["ended_at"] == "2026-03-01T12:00:00.000Z"
    assert closed == [True, False]


def test_past_rollouts_are_read_the_newest_first(table):
    later = EXECUTION.model_copy(update={"name": "later", "started_at": AT + timedelta(hours=1)})
    table.open(rollout(), AT)
    table.close(TARGET, EXECUTION, ENDING, AT)
    table.open(rollout(execution=later, canary_version="3", stable_version="4", is_back=True), AT)
    never_begun = EXECUTION.model_copy(update={"name": "a-begun-never", "started_at": AT - timedelta(hours=1)})
    table.close(TARGET, never_begun, ending_of(Outcome.REJECTED, "stopped"), AT)
    running, ended = table.past_rollouts(TARGET)
    assert (running.outcome, running.canary_version, running.is_back, running.served) == (None, "3", True, "4")
    assert (ended.outcome, ended.reason, ended.is_back) == (ENDING.outcome, ENDING.cause, False)
    assert ended.started_at == EXECUTION.started_at


def test_rollout_without_judgement_has_no_evaluation_to_record(table):
    with pytest.raises(ValueError, match="without a judgement has no evaluation"):
        table.record_evaluation(rollout(), AT)


@pytest.mark.parametrize(
    ("operation", "write"),
    [
        ("put_item", lambda table: table.open(rollout(), AT)),
        ("put_item", lambda table: table.record_evaluation(EVALUATED, AT)),
        ("update_item", lambda table: table.close(TARGET, EXECUTION, ENDING, AT)),
    ],
)
def test_throttled_ledger_is_unavailable(operation, write):
    with Stubber(client("dynamodb")) as stub:
        stub.add_client_error(operation, "ProvisionedThroughputExceededException", http_status_code=400)
        with pytest.raises(AwsUnavailableError):
            write(Ledger(stub.client, "ledger"))
