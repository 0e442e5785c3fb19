"""Tests of approvals and pauses through JudgeCanary and TakeCommand: requested once, recorded, given or not (P11)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import Locks, locks
from rollout.domain.identity import Target
from rollout.state.lock import Lock, PlannedWrite, lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, client, event, move_alias

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts-commands"
FIRST, SECOND = {"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}
LAMBDA = {"FunctionName": "my-api", "Resource": "my-api:live"}
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("my_api", "state_machine", "gated")


def document(gate: dict[str, Any]) -> dict[str, Any]:
    """Return the document in events/ with a gate after its first step."""
    begun = event("judge_canary")
    return begun | {"policy": begun["policy"] | {"steps": [FIRST, gate, SECOND]}}


APPROVAL, PAUSE = document({"approval": {"timeout": "24h"}}), document({"pause": {}})
ROLLOUT = Rollout.model_validate(APPROVAL)


@pytest.fixture
def gated(locked):
    """The rollout in its first step, with as many failed calls on each version."""
    rollout_ledger().open(ROLLOUT, NOW)
    before = ROLLOUT.model_copy(update={"step": 0})
    locks().announce(lock_of(before, PlannedWrite(version="1", shares={"2": 10})))
    move_alias("1", **{"2": 0.1})
    emit(canary_errors=1)


def emit_history() -> None:
    """Put an hour before the first shift into CloudWatch in which one call in a hundred fails."""
    for minute in range(60):
        data = [
            {
                "MetricName": name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in LAMBDA.items()],
                "Timestamp": datetime(2026, 3, 1, 11, minute, tzinfo=UTC),
                "Value": value,
            }
            for name, value in (("Invocations", 1000), ("Errors", 10))
        ]
        client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)


def emit(canary_errors: int) -> None:
    """Put calls of both versions into CloudWatch at 12:02."""
    counts = [("2", "Invocations", 100), ("2", "Errors", canary_errors), ("1", "Invocations", 900), ("1", "Errors", 9)]
    data = [
        {
            "MetricName": name,
            "Dimensions": [{"Name": k, "Value": v} for k, v in (LAMBDA | {"ExecutedVersion": version}).items()],
            "Timestamp": datetime(2026, 3, 1, 12, 2, tzinfo=UTC),
            "Value": value,
        }
        for version, name, value in counts
    ]
    client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)


def give(handle, kind: str, number: int = 1) -> dict[str, Any]:
    sample = event("take_command")
    name = f"{kind}-{number}"
    execution = sample["execution"] | {"name": name, "arn": sample["execution"]["arn"].replace("pause-1", name)}
    request = {"function": "my-api", "command": kind, "why": "it looks good"}
    answer: dict[str, Any] = handle("take_command", {"request": request, "execution": execution})
    return answer


def held() -> Lock:
    lock = locks().find(Target.model_validate(ROLLOUT.target.model_dump()))
    assert lock
    return lock


REQUESTS = [
    (APPROVAL, "approve", ("Approval Requested", "Approve? my-api:live: version 2 waits at 10 %")),
    (PAUSE, "resume", ("Rollout Paused", "Paused: my-api:live: version 2 waits at 10 %")),
]


@pytest.mark.parametrize("expected", REQUESTS, ids=lambda expected: expected[1])
def test_gate_is_recorded_and_requested_by_event_and_notification(handle, published, notifications, expected):
    begun, command, texts = expected
    waiting = handle("judge_canary", begun)
    assert (waiting["next_move"], waiting["gate"]["step"], waiting["gate"]["is_published"]) == ("wait", 1, True)
    assert held().gate.since == NOW
    (envelope,), (notification,) = published(), notifications()
    line = envelope["detail"]["command_line"]
    assert (envelope["detail-type"], notification["Subject"]) == texts
    assert f'--state-machine-arn {MACHINE} --input \'{{"function": "my-api", "alias": "live"' in line
    assert f'"command": "{command}"' in line
    assert line in notification["Message"]
    assert notification["MessageAttributes"]["request"]["Value"] == envelope["detail-type"]


def test_gate_is_requested_once(handle, published, notifications):
    waiting = handle("judge_canary", APPROVAL)
    later = handle("judge_canary", waiting)
    assert later["gate"] == waiting["gate"]
    assert (len(published()), len(notifications())) == (1, 1)


def test_repeated_task_gives_the_same_request(handle, published, monkeypatch):
    """P4: its first try died after it had recorded the gate."""
    first = handle("judge_canary", APPROVAL)
    monkeypatch.setattr("tests.integration.conftest.NOW", NOW + timedelta(minutes=3))
    again = handle("judge_canary", APPROVAL)
    assert again["gate"] == first["gate"]
    assert len({envelope["detail"]["id"] for envelope in published()}) == 1
    assert len({envelope["detail"]["at"] for envelope in published()}) == 1


def test_request_that_could_not_be_published_is_published_by_the_next_evaluation(handle, published, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("BUS_NAME", "no-such-bus")
        for name in ("TOPIC_ARN", "CHAT_TOPIC_ARN"):
            patch.setenv(name, "arn:aws:sns:eu-west-1:123456789012:no-such-topic")
        waiting = handle("judge_canary", APPROVAL)
    assert (waiting["next_move"], waiting["gate"]["is_published"], published()) == ("wait", False, [])
    assert handle("judge_canary", waiting)["gate"]["is_published"]
    assert len(published()) == 1


def test_one_channel_is_enough(handle, published, monkeypatch):
    with monkeypatch.context() as patch:
        for name in ("TOPIC_ARN", "CHAT_TOPIC_ARN"):
            patch.setenv(name, "arn:aws:sns:eu-west-1:123456789012:no-such-topic")
        waiting = handle("judge_canary", APPROVAL)
    handle("judge_canary", waiting)
    assert (waiting["gate"]["is_published"], len(published())) == (True, 1)


@pytest.mark.parametrize(("begun", "kind"), [(APPROVAL, "approve"), (PAUSE, "resume")])
def test_command_lets_the_rollout_go_on(handle, ledger, published, begun, kind):
    """P11."""
    waiting = handle("judge_canary", begun)
    assert give(handle, kind)["answer"] == "taken"
    assert published()[-1]["detail"]["command"] == kind
    decided = handle("judge_canary", waiting)
    assert decided["next_move"] == "shift"
    assert decided["reason"].startswith(f"{kind}d by the command {kind}-1: it looks good; healthy: ")
    assert [entry["command"] for entry in ledger() if entry["entry"].startswith("command#")] == [kind]


@pytest.mark.parametrize("kind", ["approve", "resume"])
def test_gate_cannot_be_passed_before_it_is_reached(handle, kind):
    answer = give(handle, kind)
    assert (answer["answer"], answer["Error"]) == ("refused", "CommandNotPossibleError")
    assert "waits for no approval" in answer["Cause"]


def test_second_approval_is_refused(handle):
    handle("judge_canary", APPROVAL)
    assert give(handle, "approve")["answer"] == "taken"
    assert give(handle, "approve", number=2)["answer"] == "refused"


def test_bad_canary_is_rolled_back_in_spite_of_its_approval(handle):
    """P1."""
    waiting = handle("judge_canary", APPROVAL)
    give(handle, "approve")
    emit_history()
    emit(canary_errors=90)
    assert handle("judge_canary", waiting)["next_move"] == "roll_back"


def nearly_late(handle, on_timeout: str) -> dict[str, Any]:
    """Return the document of a rollout that has waited for as long as it may."""
    approval = {"timeout": "24h", "on_timeout": on_timeout}
    waiting: dict[str, Any] = handle("judge_canary", document({"approval": approval}))
    return waiting | {"gate": waiting["gate"] | {"since": (NOW - DAY).isoformat()}}


@pytest.mark.parametrize(
    ("on_timeout", "move"), [("roll_back", "roll_back"), ("hand_over", "hand_over"), ("promote", "shift")]
)
def test_timeout_decides_and_refuses_a_later_approval(handle, on_timeout, move):
    """P4, P10: a repeated task decides the same."""
    waiting = nearly_late(handle, on_timeout)
    decided = [handle("judge_canary", waiting) for _ in range(2)]
    assert [each["next_move"] for each in decided] == [move, move]
    assert decided[0]["reason"].endswith(f"; it was not approved within 1d, and on_timeout is {on_timeout}")
    assert give(handle, "approve")["answer"] == "refused"


@pytest.mark.parametrize("on_timeout", ["roll_back", "hand_over", "promote"])
def test_timeout_loses_against_an_approval_that_was_taken_before(handle, monkeypatch, on_timeout):
    """P10: the evaluation has read the lock before, so that the next one obeys."""
    waiting = nearly_late(handle, on_timeout)
    name = "reach_gate" if on_timeout == "promote" else "begin_ending"
    record = getattr(Locks, name)

    def approved_first(self: Locks, *values: Any) -> bool:
        monkeypatch.setattr(Locks, name, record)
        assert give(handle, "approve")["answer"] == "taken"
        is_recorded: bool = record(self, *values)
        return is_recorded

    monkeypatch.setattr(Locks, name, approved_first)
    undecided = handle("judge_canary", waiting)
    assert (undecided["next_move"], undecided["gate"]["timed_out"], "ending" in undecided) == ("wait", False, False)
    assert undecided["reason"].startswith("a command was taken during this evaluation, and the next one obeys it")
    decided = handle("judge_canary", undecided)
    assert decided["next_move"] == "shift"
    assert decided["reason"].startswith("approved by the command approve-1")


def test_pause_that_was_taken_while_the_gate_is_reached_comes_first(handle, published, monkeypatch):
    """P11: nothing is requested of a rollout that an operator has just paused."""
    reach_gate = Locks.reach_gate

    def paused_first(self: Locks, *values: Any) -> bool:
        monkeypatch.setattr(Locks, "reach_gate", reach_gate)
        give(handle, "pause")
        return reach_gate(self, *values)

    monkeypatch.setattr(Locks, "reach_gate", paused_first)
    waiting = handle("judge_canary", APPROVAL)
    assert (waiting["next_move"], "gate" in waiting, held().gate) == ("wait", False, None)
    assert [envelope["detail-type"] for envelope in published()] == ["Command Taken"]
    assert "gate" not in handle("judge_canary", waiting)
