"""Tests of the alias reads of JudgeCanary while many rollouts are live: rare, but never too late for a write."""

from datetime import UTC, datetime, timedelta

import pytest

from rollout.aws.boto import clients
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.releases import releases
from rollout.aws.dynamodb.sweeps.live_counts import live_counts
from rollout.aws.step_functions import Executions
from rollout.domain.errors import AwsUnavailableError
from rollout.domain.identity import AccountRegion, Execution, Target
from rollout.state.releases.part import Participation, Progress
from rollout.state.releases.release import ReleaseStatus
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, Wire, event, move_alias
from tests.integration.functions.test_judge_canary import HEALTHY, UNHEALTHY, emit
from tests.integration.functions.test_report_alias_move import changed
from tests.release_samples import release

ACCOUNT_REGION = AccountRegion(account="123456789012", region="eu-west-1")
TARGET = Target.model_validate(event("judge_canary")["target"])
pytestmark = pytest.mark.usefixtures("my_api", "locked")


@pytest.fixture(autouse=True)
def in_step(my_api):
    move_alias("1", **{"2": 0.1})


@pytest.fixture
def many_are_live(ledger):
    live_counts().record(ACCOUNT_REGION, 5000, NOW)


@pytest.fixture
def tags_wire(my_api):
    """The client that reads the tags."""
    wire = Wire(clients.fast_lambda_client())
    yield wire
    wire.disconnect()


@pytest.fixture
def evaluated(handle, many_are_live):
    """The document after a first evaluation, which read the alias; it waits for calls."""
    return handle("judge_canary", event("judge_canary"))


def test_evaluation_that_keeps_the_share_reads_neither_alias_nor_tags(handle, evaluated, lambda_wire, tags_wire):
    document = handle("judge_canary", evaluated)
    assert (document["next_move"], document["evaluations"]) == ("wait", 2)
    assert (lambda_wire.calls, tags_wire.calls) == ([], [])
    assert document["alias_reads"] == evaluated["alias_reads"]


def test_evaluation_with_few_rollouts_reads_the_alias(handle, ledger, lambda_wire):
    """An alias that was moved is found at the next evaluation."""
    document = handle("judge_canary", event("judge_canary"))
    handle("judge_canary", document)
    assert lambda_wire.calls == ["GetAlias", "GetAlias"]
    assert document["alias_reads"]["due_at"] is None


def test_decision_for_more_traffic_reads_the_alias(handle, evaluated, lambda_wire):
    """P2: the decision is made again, with the alias and its tags."""
    emit(HEALTHY)
    assert handle("judge_canary", evaluated)["next_move"] == "shift"
    assert lambda_wire.calls == ["GetAlias"]


def test_moved_alias_gets_no_more_traffic(handle, evaluated):
    """P2: nothing has reported the move."""
    move_alias("1", **{"2": 0.5})
    assert handle("judge_canary", evaluated)["next_move"] == "wait"
    emit(HEALTHY)
    assert handle("judge_canary", evaluated)["next_move"] == "hand_over"


def test_bake_with_moved_alias_does_not_end_promoted(handle, many_are_live):
    """P10: nothing has reported the move."""
    move_alias("2")
    document = handle("judge_canary", event("judge_canary_in_the_bake"))
    assert (document["next_move"], document["alias_reads"]["due_at"] is None) == ("wait", False)
    move_alias("1")
    emit([("2", 1000, 10)], per_version=False)
    assert handle("judge_canary", document)["next_move"] == "hand_over"


def test_unhealthy_canary_is_rolled_back_without_the_alias(handle, evaluated, lambda_wire):
    """RollBack reads it."""
    for minute in range(60):
        emit([("1", 1000, 10)], per_version=False, at=datetime(2026, 3, 1, 11, minute, tzinfo=UTC))
    emit(UNHEALTHY)
    assert handle("judge_canary", evaluated)["next_move"] == "roll_back"
    assert lambda_wire.calls == []


def test_reported_move_is_found_at_the_next_evaluation(handle, evaluated, published):
    """P2: CloudTrail's event leaves a mark in the lock, and the event is not published: the rollout does that."""
    rollout_ledger().open(Rollout.model_validate(event("judge_canary")), NOW - timedelta(hours=2))
    move_alias("1", **{"2": 0.5})
    assert handle("report_alias_move", changed())["reported"] is False
    assert locks().find(TARGET).moves == 1
    document = handle("judge_canary", evaluated)
    assert (document["next_move"], document["alias_reads"]["moves_seen"]) == ("hand_over", 1)


def test_reported_move_that_is_undone_is_read_once(handle, evaluated, lambda_wire):
    locks().note_move(TARGET)
    document = handle("judge_canary", evaluated)
    handle("judge_canary", document)
    assert (document["next_move"], lambda_wire.calls) == ("wait", ["GetAlias"])


def test_move_is_noted_in_no_lock_but_a_held_one(ledger):
    locks().release(TARGET, Execution.model_validate(event("judge_canary")["execution"]))
    locks().note_move(TARGET)
    assert locks().find(TARGET) is None


def test_moves_stay_in_the_lock_when_the_holder_announces_a_write(handle, evaluated):
    locks().note_move(TARGET)
    emit(HEALTHY)
    handle("shift_traffic", handle("judge_canary", evaluated))
    assert locks().find(TARGET).moves == 1


def test_own_write_is_not_noted(handle, evaluated):
    role = "arn:aws:sts::123456789012:assumed-role/rollouts-ShiftTrafficFunctionRole/f"
    handle("report_alias_move", changed(userIdentity={"arn": role}))
    assert locks().find(TARGET).moves == 0


def test_lost_lock_is_found_without_the_alias_being_due(handle, evaluated):
    """P3."""
    locks().take_over(locks().find(TARGET))
    document = handle("judge_canary", evaluated)
    assert document["next_move"] == "roll_back"
    assert "no longer holds the lock" in document["reason"]


def test_count_that_cannot_be_read_lets_every_evaluation_read_the_alias(handle, evaluated, monkeypatch, log):
    def fail(*_):
        raise AwsUnavailableError("throttled")

    emit(HEALTHY)
    monkeypatch.setattr("rollout.aws.dynamodb.sweeps.live_counts.LiveCounts.find", fail)
    document = handle("judge_canary", evaluated)
    assert document["next_move"] == "shift"
    assert document["alias_reads"]["due_at"] is None
    assert "Live rollouts not read" in [record.getMessage() for record in log]


def test_guardian_counts_the_rollouts_of_an_account_with_many(handle, state_machine, monkeypatch, ledger):
    monkeypatch.setattr(Executions, "find_status", lambda _self, _arn: "RUNNING")
    begun = Rollout.model_validate(event("judge_canary"))
    for number in range(31):
        target = TARGET.model_copy(update={"function": f"f{number}"})
        rollout_ledger().open(begun.model_copy(update={"target": target}), NOW)
    other = TARGET.model_copy(update={"account": "210987654321"})
    rollout_ledger().open(begun.model_copy(update={"target": other}), NOW)
    handle("guardian", {"sweep": "aliases"})
    assert live_counts().find(ACCOUNT_REGION) == (31, NOW)
    assert live_counts().find(other.account_region) is None


def test_progress_in_a_release_is_recorded_with_the_alias_read(handle, evaluated, lambda_wire):
    """All are promoted once each is ready, and no release fails any more once each has passed its bake."""
    opened = release("my-api")
    releases().open(opened, NOW)
    participation = Participation(part=opened.part(0)).model_dump(mode="json")
    last_step = {"policy": evaluated["policy"] | {"steps": evaluated["policy"]["steps"][:1]}, "release": participation}
    emit(HEALTHY)
    document = handle("judge_canary", evaluated | last_step)
    assert (document["next_move"], document["release"]["progress"]) == ("wait", Progress.READY)
    assert lambda_wire.calls == ["GetAlias"]
    handle("judge_canary", document)
    assert lambda_wire.calls == ["GetAlias"]


def test_part_whose_alias_was_moved_is_not_ready(handle, evaluated):
    opened = release("my-api")
    releases().open(opened, NOW)
    participation = Participation(part=opened.part(0)).model_dump(mode="json")
    last_step = {"policy": evaluated["policy"] | {"steps": evaluated["policy"]["steps"][:1]}, "release": participation}
    move_alias("2")
    emit(HEALTHY)
    assert handle("judge_canary", evaluated | last_step)["next_move"] == "hand_over"
    assert releases().find(opened.as_part).status is ReleaseStatus.FAILED
