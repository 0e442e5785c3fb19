"""Tests of TakeCommand: the lock keeps a command, the ledger records it, an abort stops the execution (P11)."""

from datetime import timedelta
from typing import Any

import pytest

from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import Locks, locks
from rollout.aws.dynamodb.queue import queue
from rollout.aws.step_functions import Executions
from rollout.domain.enums import Outcome
from rollout.domain.errors import AliasBusyError, AwsUnavailableError
from rollout.state.lock import PlannedWrite, QueuedVersion, lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, begin_rollback, client, event, record_ending

ROLLOUT = Rollout.model_validate(event("judge_canary"))
IN_OTHER_ACCOUNT = "arn:aws:lambda:eu-west-1:210987654321:function:my-api"
TAKE, ABORT = event("take_command"), event("take_command_abort")

pytestmark = pytest.mark.usefixtures("my_api", "state_machine")


@pytest.fixture
def live(ledger, state_machine):
    """The rollout in events/, in its first step, with an execution that runs."""
    locks().acquire(lock_of(ROLLOUT))
    rollout_ledger().open(ROLLOUT, NOW)
    before = ROLLOUT.model_copy(update={"step": 0})
    locks().announce(lock_of(before, PlannedWrite(version="1", shares={"2": 10})))
    arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts"
    client("stepfunctions").start_execution(stateMachineArn=arn, name=ROLLOUT.execution.name, input="{}")


def given(kind: str, number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return the event of a command on the alias `live` of my-api."""
    name = f"{kind}-{number}"
    execution = TAKE["execution"] | {"name": name, "arn": TAKE["execution"]["arn"].replace("pause-1", name)}
    return {"request": {"function": "my-api", "command": kind, "why": "it is slow"} | fields, "execution": execution}


def taken_by_lock() -> list[str]:
    lock = locks().find(ROLLOUT.target)
    return [command.name for command in lock.commands] if lock else []


def entries(ledger) -> list[dict[str, Any]]:
    return [entry for entry in ledger() if entry["entry"].startswith("command#")]


def status() -> str:
    return Executions(client("stepfunctions"), "").find_status(ROLLOUT.execution.arn)


@pytest.mark.usefixtures("live")
def test_command_is_kept_recorded_and_published(handle, ledger, published):
    """P11."""
    answer = handle("take_command", TAKE)
    assert answer["answer"] == "taken"
    assert answer["reason"].startswith("my-api:live is paused: version 2 keeps its share of 10 %")
    assert taken_by_lock() == ["pause-1"]
    (entry,) = entries(ledger)
    assert entry["entry"] == "command#2026-03-01T12:05:30.000Z#pause-1"
    assert (entry["command"], entry["why"], entry["open"]) == ("pause", "the database is slow", "command")
    assert entry["command_execution"] == TAKE["execution"]["arn"]
    assert entry["rollout_execution"] == ROLLOUT.execution.arn
    (message,) = published()
    assert (message["detail-type"], message["detail"]["why"]) == ("Command Taken", "the database is slow")
    assert message["resources"] == [ROLLOUT.execution.arn]


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("sample", [TAKE, ABORT])
def test_repeated_task_takes_its_command_once(handle, ledger, published, sample):
    """P4: Lambda or the state machine may run it twice."""
    first, second = (handle("take_command", sample) for _ in range(2))
    assert first == second
    assert (len(taken_by_lock()), len(entries(ledger))) == (1, 1)
    assert len({message["detail"]["id"] for message in published()}) == 1


@pytest.mark.usefixtures("live")
def test_repeated_abort_whose_rollout_has_ended_meanwhile_was_taken(handle):
    """P10: the guardian has released the lock before the answer of the first try was lost."""
    first = handle("take_command", ABORT)
    locks().release(ROLLOUT.target, ROLLOUT.execution)
    assert handle("take_command", ABORT) == first


@pytest.mark.usefixtures("live")
def test_abort_stops_the_execution(handle):
    assert handle("take_command", ABORT)["answer"] == "taken"
    described = client("stepfunctions").describe_execution(executionArn=ROLLOUT.execution.arn)
    assert described["status"] == "ABORTED"


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize("kind", ["pause", "promote", "freeze"])
def test_other_commands_stop_nothing(handle, kind):
    handle("take_command", given(kind))
    assert status() == "RUNNING"


@pytest.mark.usefixtures("live")
def test_abort_that_cannot_stop_the_execution_is_tried_again_and_stays_on_the_lock(handle, monkeypatch):
    """P1: if Step Functions does not answer at all, the next evaluation rolls back."""

    def throttled(*_: object) -> None:
        raise AwsUnavailableError("stopping execution: AWS answered ThrottlingException")

    with monkeypatch.context() as patch:
        patch.setattr(Executions, "stop", throttled)
        with pytest.raises(AwsUnavailableError):
            handle("take_command", ABORT)
    assert (taken_by_lock(), status()) == (["abort-1"], "RUNNING")
    assert handle("take_command", ABORT)["answer"] == "taken"
    assert status() == "ABORTED"


@pytest.mark.usefixtures("live")
def test_failed_event_does_not_fail_the_command(handle, monkeypatch):
    monkeypatch.setenv("BUS_NAME", "no-such-bus")
    assert handle("take_command", TAKE)["answer"] == "taken"


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    ("kinds", "error", "cause"),
    [
        (("pause", "pause"), "CommandNotPossibleError", "version 2 is paused by the command pause-1"),
        (("freeze", "promote"), "CommandNotPossibleError", "version 2 is frozen by the command freeze-1"),
        (("promote", "pause"), "CommandNotPossibleError", "version 2 is promoted by the command promote-1"),
        (("abort", "freeze"), "CommandNotPossibleError", "version 2 is aborted by the command abort-1"),
        (("release",), "CommandNotPossibleError", "version 2 is neither paused nor frozen"),
        (("approve",), "CommandNotPossibleError", "version 2 is neither paused nor frozen, and waits for no approval"),
    ],
)
def test_command_that_the_state_refuses_changes_nothing(handle, ledger, kinds, error, cause):
    """P6."""
    *before, last = kinds
    for kind in before:
        handle("take_command", given(kind))
    answer = handle("take_command", given(last, number=2))
    assert (answer["answer"], answer["Error"]) == ("refused", error)
    assert cause in answer["Cause"]
    assert (len(taken_by_lock()), len(entries(ledger))) == (len(before), len(before))


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    ("fields", "error", "cause"),
    [
        ({"version": 3}, "CommandNotPossibleError", "has a rollout of version 2, not of version 3"),
        ({"alias": "beta"}, "NoLiveRolloutError", "my-api:beta in account 123456789012, region eu-west-1 has no live"),
        ({"function": IN_OTHER_ACCOUNT}, "OtherAccountError", "function is in account 210987654321"),
        (
            {"function": IN_OTHER_ACCOUNT, "alias": "live"},
            "NoLiveRolloutError",
            "my-api:live in account 210987654321, region eu-west-1 has no live rollout",
        ),
        ({"function": "unknown"}, "UnknownFunctionError", "There is no function unknown"),
        ({"why": ""}, "InvalidCommandError", "why is missing"),
        ({"command": "ignore", "metrics": ["slow"]}, "UnknownMetricError", "it does not measure slow: use errors"),
        ({"command": "extend", "by": "13d"}, "CommandNotPossibleError", "evaluations"),
    ],
)
def test_command_for_another_rollout_is_refused_by_name(handle, fields, error, cause):
    answer = handle("take_command", given("pause", **fields))
    assert (answer["answer"], answer["Error"]) == ("refused", error)
    assert cause in answer["Cause"]
    assert taken_by_lock() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "it waits for its turn"),
        ({"reason": "version 2 waits, because the stack is frozen"}, "version 2 waits, because the stack is frozen"),
    ],
)
def test_command_without_a_rollout_names_the_version_that_waits_and_why(handle, ledger, fields, sentence):
    queue().join(ROLLOUT.target, QueuedVersion(version="2", holder=ROLLOUT.execution, seen_at=NOW, **fields))
    answer = handle("take_command", TAKE)
    assert answer["Error"] == "NoLiveRolloutError"
    assert f"Version 2 waits (execution {ROLLOUT.execution.name}): {sentence}. If" in answer["Cause"]


def test_command_without_a_rollout_names_no_version_that_has_stopped_waiting(handle, ledger):
    queued = QueuedVersion(version="2", holder=ROLLOUT.execution, seen_at=NOW - timedelta(days=1))
    queue().join(ROLLOUT.target, queued)
    assert "Version 2" not in handle("take_command", TAKE)["Cause"]


@pytest.mark.usefixtures("live")
def test_command_on_a_rollout_that_has_ended_is_refused(handle):
    record_ending(Outcome.PROMOTED, "my-api:live serves version 2 alone")
    assert handle("take_command", ABORT)["Error"] == "NoLiveRolloutError"
    assert status() == "RUNNING"


@pytest.mark.usefixtures("live")
def test_command_on_a_rollout_that_rolls_back_is_refused(handle):
    begin_rollback()
    answer = handle("take_command", ABORT)
    assert "version 2 is being rolled back. Wait for its ending." in answer["Cause"]


@pytest.mark.usefixtures("live")
def test_alias_that_is_named_needs_no_tag(handle, lambda_wire):
    """P9: a rollout whose function has lost its tag can still be aborted."""
    assert handle("take_command", ABORT)["answer"] == "taken"
    assert lambda_wire.calls == []


@pytest.mark.usefixtures("live")
def test_command_is_decided_again_where_the_rollout_goes_on_meanwhile(handle, monkeypatch):
    """P3: here, its rollback begins between the reading of the lock and the command."""
    command, tries = Locks.command, []

    def begin_rollback_first(self: Locks, lock: Any, taken: Any) -> bool:
        tries.append(taken) or begin_rollback()
        return command(self, lock, taken)

    monkeypatch.setattr(Locks, "command", begin_rollback_first)
    answer = handle("take_command", given("freeze"))
    assert (answer["answer"], len(tries)) == ("refused", 1)
    assert taken_by_lock() == []


@pytest.mark.usefixtures("live")
def test_rollout_that_goes_on_all_the_time_is_asked_later(handle, monkeypatch):
    monkeypatch.setattr(Locks, "command", lambda *_: False)
    with pytest.raises(AliasBusyError, match="has changed 3 times while it took the command"):
        handle("take_command", TAKE)


def test_rollout_that_is_not_recorded_yet_is_asked_later(handle, ledger):
    """PrepareRollout takes the lock before it writes the policy to the ledger."""
    locks().acquire(lock_of(ROLLOUT))
    with pytest.raises(AliasBusyError, match="is about to begin: extend is taken then"):
        handle("take_command", given("extend", by="5m"))


@pytest.mark.usefixtures("live")
def test_history_has_the_last_rollouts_with_their_commands(handle):
    handle("take_command", given("pause"))
    handle("take_command", given("resume"))
    record_ending(Outcome.ROLLED_BACK, "my-api:live serves version 1 alone again; it failed")
    answer = handle("take_command", event("take_command_history"))
    assert (answer["answer"], answer["reason"]) == ("taken", "my-api:live had 1 rollout")
    (past,) = answer["rollouts"]
    assert (past["canary_version"], past["outcome"]) == ("2", "rolled_back")
    assert past["reason"] == "my-api:live serves version 1 alone again; it failed"
    assert [(each["command"], each["why"]) for each in past["commands"]] == [
        ("pause", "it is slow"),
        ("resume", "it is slow"),
    ]


def test_history_of_an_alias_without_rollouts_is_empty(handle, ledger):
    answer = handle("take_command", event("take_command_history"))
    assert (answer["reason"], answer["rollouts"]) == ("my-api:live had no rollouts", [])


def test_history_has_a_rollout_that_ended_before_it_had_begun(handle, ledger):
    record_ending(Outcome.REJECTED, "stopped before it wrote to my-api:live")
    (past,) = handle("take_command", event("take_command_history"))["rollouts"]
    assert (past["outcome"], past["reason"]) == ("rejected", "stopped before it wrote to my-api:live")


def test_history_has_at_most_ten_rollouts(handle, ledger):
    for number in range(12):
        name = f"my-api-2-{number:02}"
        execution = ROLLOUT.execution.model_copy(update={"name": name, "arn": f"arn:{name}"})
        rollout_ledger().open(ROLLOUT.model_copy(update={"execution": execution}), NOW)
    answer = handle("take_command", event("take_command_history"))
    assert [past["execution_arn"][-2:] for past in answer["rollouts"]] == [
        f"{number:02}" for number in range(11, 1, -1)
    ]
    assert answer["reason"] == "my-api:live had 10 rollouts, of which these are the last 10"


@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(("kind", "is_repaired"), [("abort", True), ("pause", False)])
def test_guardian_believes_the_event_of_an_aborted_execution(handle, monkeypatch, kind, is_repaired):
    """P1: DescribeExecution is behind by some seconds, and the next sweep is five minutes away."""
    handle("take_command", given(kind))
    monkeypatch.setattr(Executions, "find_status", lambda *_: "RUNNING")
    repaired = handle("guardian", event("guardian"))["repaired"]
    assert [each["target"] for each in repaired] == ["my-api:live"] * is_repaired
    assert (locks().find(ROLLOUT.target) is None) is is_repaired


@pytest.mark.usefixtures("live")
def test_sweep_believes_step_functions_that_an_aborted_execution_runs(handle, monkeypatch):
    """P3: StopExecution may have failed, and then the next evaluation rolls back."""
    handle("take_command", given("abort"))
    monkeypatch.setattr(Executions, "find_status", lambda *_: "RUNNING")
    assert handle("guardian", {"sweep": "aliases"})["repaired"] == []
