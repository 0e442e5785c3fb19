"""Tests of the guardian's metrics of open rollouts: how many, how old the oldest is, and how many are overdue."""

import json
from datetime import timedelta
from typing import Any

import pytest

from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.step_functions import Executions
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, client, event

SWEEP = {"sweep": "aliases"}
pytestmark = pytest.mark.usefixtures("my_api", "locked", "state_machine", "running")


@pytest.fixture
def running(monkeypatch):
    """The execution in events/ runs; moto knows no execution of this name."""
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "RUNNING")


@pytest.fixture
def shifted(handle) -> Any:
    """A rollout in its first step, which has begun ten minutes before NOW."""
    rollout_ledger().open(Rollout.model_validate(event("shift_traffic")), NOW - timedelta(minutes=10))
    return handle("shift_traffic", event("shift_traffic"))


def set_on_lock(name: str, value: str) -> None:
    client("dynamodb").update_item(
        TableName="ledger",
        Key={"target": {"S": "123456789012/eu-west-1/my-api/live"}, "entry": {"S": "lock"}},
        UpdateExpression=f"SET {name} = :value",
        ExpressionAttributeValues={":value": {"S": value}},
    )


def gauges(lines: list[dict[str, Any]]) -> dict[str, float]:
    (line,) = [line for line in lines if "RolloutsOpen" in line]
    return {name: line[name][0] for name in ("RolloutsOpen", "OldestOpenRolloutAge", "RolloutsOverdue")}


def test_sweep_measures_open_rollouts(handle, shifted, emf):
    handle("guardian", SWEEP)
    assert gauges(emf()) == {"RolloutsOpen": 1, "OldestOpenRolloutAge": 600, "RolloutsOverdue": 0}


def test_sweep_without_open_rollout_measures_zero(handle, emf):
    """Missing values then mean that the guardian does not run."""
    handle("guardian", SWEEP)
    assert gauges(emf()) == {"RolloutsOpen": 0, "OldestOpenRolloutAge": 0, "RolloutsOverdue": 0}


DAY_LATER = NOW + timedelta(days=1)


def test_sweep_counts_a_rollout_that_is_overdue(handle, shifted, emf, log):
    """A day later it is in its first step still. The log names it."""
    handle("guardian", SWEEP, DAY_LATER)
    assert gauges(emf())["RolloutsOverdue"] == 1
    assert [record.target for record in log if record.msg == "Rollout overdue"] == ["my-api:live"]


def test_sweep_counts_no_rollout_that_waits_at_a_pause_of_its_policy(handle, shifted, emf):
    set_on_lock("gate", json.dumps({"step": 1, "since": "2026-03-01T12:00:00Z"}))
    record_evaluation(shifted)
    handle("guardian", SWEEP, DAY_LATER)
    assert gauges(emf())["RolloutsOverdue"] == 0


def test_sweep_counts_no_rollout_that_a_freeze_holds(handle, shifted, emf):
    """The newest evaluation says so in the ledger."""
    record_evaluation(shifted, held_since=NOW)
    handle("guardian", SWEEP, DAY_LATER)
    assert gauges(emf())["RolloutsOverdue"] == 0


def record_evaluation(document: dict[str, Any], **changes: Any) -> None:
    """Record an evaluation of a rollout, which waits."""
    judged = event("judge_canary_in_the_bake")["judgement"]
    rollout = Rollout.model_validate(document | {"judgement": judged, "next_move": "wait"}).model_copy(update=changes)
    rollout_ledger().record_evaluation(rollout, NOW)


def test_ledger_that_cannot_be_read_is_reported_and_measures_nothing(handle, shifted, emf, monkeypatch):
    """A gauge without its data would say that all is well."""
    monkeypatch.setattr("rollout.aws.dynamodb.sweeps.open_rollouts.OpenRollouts.find_all", lambda _self: 1 / 0)
    answer = handle("guardian", SWEEP)
    assert [failed["target"] for failed in answer["failed"]] == ["the open rollouts"]
    assert [line for line in emf() if "RolloutsOpen" in line] == []


def test_event_of_one_execution_measures_no_open_rollouts(handle, shifted, emf):
    handle("guardian", event("guardian"))
    assert [line for line in emf() if "RolloutsOpen" in line] == []
