"""The ledger holds a rollout, its looks and its ending, and takes every write twice."""

from datetime import timedelta

import pytest
from botocore.stub import Stubber

from rollout.aws.dynamodb.ledger import Ledger, partition
from rollout.domain.enums import Move
from rollout.domain.errors import AwsUnavailableError
from rollout.state.endings import rolled_back
from tests.integration.conftest import client
from tests.samples import AT, EXECUTION, TARGET, judgement, rollout

ENDING = rolled_back("my-api:live", "3", "it failed")
LOOKED = rollout(judgement=judgement(), evaluations=7, next_move=Move.WAIT, reason="healthy: errors: as counted")


@pytest.fixture
def table(ledger):
    return Ledger(client("dynamodb"), "ledger")


def test_a_rollout_is_entered_looked_at_and_closed(table, ledger):
    table.open(rollout(reason="begun"))
    table.record_evaluation(LOOKED, AT + timedelta(minutes=5))
    table.close(TARGET, EXECUTION, ENDING, AT + timedelta(minutes=9))
    look, entry = ledger()
    assert entry["target"] == look["target"] == partition(TARGET) == "123456789012/eu-west-1/my-api/live"
    assert entry["entry"] == "rollout#2026-03-01T11:59:50.000Z#my-api-4"
    assert (entry["outcome"], entry["reason"]) == ("rolled_back", ENDING.cause)
    assert (entry["stable_version"], entry["canary_version"]) == ("3", "4")
    assert entry["ended_at"] == "2026-03-01T12:09:00.000Z"
    assert look["entry"] == "evaluation#2026-03-01T11:59:50.000Z#my-api-4#00007"
    assert (look["verdict"], look["next_move"], look["percent"]) == ("healthy", "wait", "10")
    assert look["canary"] == {"calls": 100, "bad": 1}


def test_every_write_may_come_twice(table, ledger):
    """P4: it lands on the same entry, and the end it had first stays."""
    for minute in (0, 1):
        table.record_evaluation(LOOKED, AT)
        table.close(TARGET, EXECUTION, ENDING, AT + timedelta(minutes=minute))
    _look, entry = ledger()
    assert entry["ended_at"] == "2026-03-01T12:00:00.000Z"


def test_a_rollout_without_a_judgement_has_no_look_to_enter(table):
    with pytest.raises(ValueError, match="before its first judgement"):
        table.record_evaluation(rollout(), AT)


@pytest.mark.parametrize(
    ("operation", "write"),
    [
        ("put_item", lambda table: table.open(rollout())),
        ("put_item", lambda table: table.record_evaluation(LOOKED, AT)),
        ("update_item", lambda table: table.close(TARGET, EXECUTION, ENDING, AT)),
    ],
)
def test_a_throttled_ledger_is_unavailability(operation, write):
    with Stubber(client("dynamodb")) as stub:
        stub.add_client_error(operation, "ProvisionedThroughputExceededException", http_status_code=400)
        with pytest.raises(AwsUnavailableError):
            write(Ledger(stub.client, "ledger"))
