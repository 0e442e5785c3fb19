"""Tests of live rollouts that a freeze holds: people are notified once for each freeze, with what ends it."""

from datetime import timedelta
from typing import Any

import pytest

from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.parameter_store import parameter_store
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, client, event, move_alias
from tests.integration.functions.test_gates import FIRST, SECOND, emit, give

BEGUN = event("judge_canary")
DOCUMENT = BEGUN | {"policy": BEGUN["policy"] | {"steps": [FIRST, SECOND]}}
PARAMETER = "/rollouts/freeze"

pytestmark = pytest.mark.usefixtures("my_api", "state_machine", "in_first_step")


@pytest.fixture
def in_first_step(locked):
    """The rollout at the end of its first step, healthy, without a parameter that was read before."""
    rollout = Rollout.model_validate(DOCUMENT)
    rollout_ledger().open(rollout, NOW)
    locks().announce(lock_of(rollout.model_copy(update={"step": 0}), PlannedWrite(version="1", shares={"2": 10})))
    move_alias("1", **{"2": 0.1})
    emit(canary_errors=1)
    parameter_store.cache_clear()
    yield
    parameter_store.cache_clear()


def freeze(text: str = '{"reason": "holidays"}') -> None:
    client("ssm").put_parameter(Name=PARAMETER, Value=text, Type="String", Overwrite=True)
    parameter_store.cache_clear()


def thaw() -> None:
    client("ssm").delete_parameter(Name=PARAMETER)
    parameter_store.cache_clear()


def test_freeze_of_the_stack_is_notified_with_why_and_what_ends_it(handle, published, notifications, chats):
    freeze()
    held = handle("judge_canary", DOCUMENT)
    assert (held["next_move"], held["freeze"]["is_published"]) == ("wait", True)
    (envelope,), (mail,), (chat,) = published(), notifications(), chats()
    assert (envelope["detail-type"], mail["Subject"]) == (
        "Rollout Frozen",
        "Frozen: my-api:live: version 2 keeps 10 %",
    )
    assert envelope["detail"]["sentence"] == "my-api:live: version 2 keeps 10 %: the stack is frozen: holidays"
    assert "\nWhy: the stack is frozen: holidays\n" in mail["Message"]
    assert f"aws ssm delete-parameter --region eu-west-1 --name {PARAMETER}" in mail["Message"].splitlines()
    assert mail["MessageAttributes"]["moment"] == chat["MessageAttributes"]["moment"]
    assert mail["MessageAttributes"]["moment"]["Value"] == "frozen"


def test_freeze_by_a_command_is_notified_with_the_command_that_ends_it(handle, published, notifications):
    assert give(handle, "freeze")["answer"] == "taken"
    handle("judge_canary", DOCUMENT)
    assert [envelope["detail-type"] for envelope in published()] == ["Command Taken", "Rollout Frozen"]
    (mail,) = notifications()
    assert "\nWhy: frozen by the command freeze-1: it looks good\n" in mail["Message"]
    assert '"command": "release", "why": "released"' in mail["Message"]


@pytest.mark.parametrize("by_command", [True, False])
def test_freeze_is_notified_once_and_not_at_every_evaluation(handle, notifications, published, by_command):
    if by_command:
        give(handle, "freeze")
    else:
        freeze()
    document: dict[str, Any] = DOCUMENT
    for _ in range(3):
        document = handle("judge_canary", document)
    assert (len(notifications()), [one["detail-type"] for one in published()].count("Rollout Frozen")) == (1, 1)


def test_next_freeze_is_notified_again(handle, notifications):
    freeze()
    held = handle("judge_canary", DOCUMENT)
    thaw()
    released = handle("judge_canary", held)
    assert (released["next_move"], "freeze" in released) == ("shift", False)
    freeze()
    handle("judge_canary", released)
    assert len(notifications()) == 2


@pytest.mark.parametrize("text", ['{"reason": "r", "mode": "no_new"}', '{"reason": "r", "mode": "roll_back"}'])
def test_freeze_that_holds_nothing_is_not_notified(handle, notifications, text):
    """A rollback has its own notification."""
    freeze(text)
    assert handle("judge_canary", DOCUMENT)["next_move"] in ("shift", "roll_back")
    assert notifications() == []


def test_repeated_task_publishes_the_same_event_id(handle, published, monkeypatch):
    """P4: its first answer was lost."""
    freeze()
    handle("judge_canary", DOCUMENT)
    monkeypatch.setattr("tests.integration.conftest.NOW", NOW + timedelta(minutes=1))
    handle("judge_canary", DOCUMENT)
    assert len({envelope["detail"]["id"] for envelope in published()}) == 1


def test_freeze_that_could_not_be_published_is_published_by_the_next_evaluation(handle, notifications, monkeypatch):
    """P10: the share is held all the same."""
    freeze()
    with monkeypatch.context() as patch:
        for name in ("BUS_NAME", "TOPIC_ARN", "CHAT_TOPIC_ARN", "COMMAND_STATE_MACHINE_ARN"):
            patch.delenv(name)
        held = handle("judge_canary", DOCUMENT)
    assert (held["next_move"], held["freeze"]["is_published"], notifications()) == ("wait", False, [])
    assert handle("judge_canary", held)["freeze"]["is_published"]
    assert len(notifications()) == 1


def test_freeze_that_people_do_not_want_to_hear_of_is_an_event_only(handle, notifications, published, monkeypatch):
    monkeypatch.setenv("NOTIFY_ON", "promoted")
    freeze()
    handle("judge_canary", handle("judge_canary", DOCUMENT))
    assert (notifications(), [one["detail-type"] for one in published()]) == ([], ["Rollout Frozen"])


def test_evaluation_reports_one_thing_so_that_it_ends_in_time(handle, published, monkeypatch):
    """Bus and topics that do not answer hold up each report, and JudgeCanary has 60 seconds."""
    gated = DOCUMENT | {"policy": BEGUN["policy"] | {"steps": [FIRST, {"pause": {}}, SECOND]}}
    with monkeypatch.context() as patch:
        for name in ("BUS_NAME", "TOPIC_ARN", "CHAT_TOPIC_ARN"):
            patch.delenv(name)
        waiting = handle("judge_canary", gated)
    freeze_by_command = give(handle, "freeze")
    assert (freeze_by_command["answer"], waiting["gate"]["is_published"]) == ("taken", False)
    document = waiting
    for expected in (["Rollout Paused"], ["Rollout Paused", "Rollout Frozen"]):
        document = handle("judge_canary", document)
        types = [envelope["detail-type"] for envelope in published()]
        assert [one for one in types if one != "Command Taken"] == expected
