"""Tests of TakeCommand behind the buttons of the dashboard: recorded with when, why and the name entered (P11)."""

from typing import Any

import pytest

from rollout.aws.cloudtrail import CloudTrail
from rollout.aws.dynamodb.commands import commands
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import Locks, locks
from rollout.aws.step_functions import Executions
from rollout.domain.errors import AwsUnavailableError
from rollout.policy.gates import Approval
from rollout.state.gate import ReachedGate
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, client, event

ROLLOUT = Rollout.model_validate(event("judge_canary"))
CLICK, TAKE = event("take_command_button"), event("take_command")
STATED = '"Anna Lee" as entered in the dashboard'
GIVER = f"{STATED} and not verified; Lambda request request"

pytestmark = pytest.mark.usefixtures("my_api", "state_machine")


@pytest.fixture(autouse=True)
def live(my_api, state_machine, ledger):
    """The rollout in events/, in its first step, with an execution that runs."""
    rollout_ledger().open(ROLLOUT, NOW)
    locks().acquire(lock_of(ROLLOUT))
    locks().announce(lock_of(ROLLOUT.model_copy(update={"step": 0}), PlannedWrite(version="1", shares={"2": 10})))
    arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts"
    client("stepfunctions").start_execution(stateMachineArn=arn, name=ROLLOUT.execution.name, input="{}")


@pytest.fixture
def press(handle, context):
    """Press a button as one Lambda request; the same request again is a repetition by Lambda."""

    def run(command: str, request: str = "request", form: dict[str, str] | None = None, **fields: Any) -> str:
        context.aws_request_id = request
        document = CLICK | {"command": command} | fields
        if form is not None:
            document["widgetContext"] = CLICK["widgetContext"] | {"forms": {"all": form}}
        return str(handle("take_command", document))

    return run


def taken_by_lock() -> list[tuple[str, str]]:
    lock = locks().find(ROLLOUT.target)
    return [(command.command, command.id) for command in lock.commands] if lock else []


def entries(ledger) -> list[dict[str, Any]]:
    return [entry for entry in ledger() if entry["entry"].startswith("command#")]


def status() -> str:
    return Executions(client("stepfunctions"), "").find_status(ROLLOUT.execution.arn)


def test_click_is_kept_recorded_and_published_with_when_why_and_name(press, ledger, published):
    """P11."""
    page = press("pause")
    assert "Taken" in page
    assert "my-api:live is paused: version 2 keeps its share of 10 %" in page
    assert taken_by_lock() == [("pause", "request")]
    (entry,) = entries(ledger)
    assert entry["entry"] == "command#2026-03-01T12:06:01.000Z#request"
    assert (entry["command"], entry["why"], entry["given_by"]) == ("pause", "the database is slow", GIVER)
    assert (entry["request_id"], entry["rollout_execution"]) == ("request", ROLLOUT.execution.arn)
    (message,) = published()
    detail = message["detail"]
    assert (message["detail-type"], detail["why"]) == ("Command Taken", "the database is slow")
    assert (detail["given_by"], detail["request_id"], "command_execution" in detail) == (GIVER, "request", False)


def test_no_sweep_looks_for_the_giver_of_a_click(press, handle, ledger, monkeypatch):
    """CloudTrail has no start of an execution to find, and the wrong name would be worse than none."""

    def unexpected(*_: object) -> str:
        raise AssertionError

    press("pause")
    monkeypatch.setattr(CloudTrail, "find_starter", unexpected)
    (entry,) = entries(ledger)
    assert ("open" in entry, "command_execution" in entry, commands().find_unnamed()) == (False, False, [])
    swept = handle("guardian", {"sweep": "aliases"})
    assert ([each for each in swept["named"] if "command" in each], swept["failed"]) == ([], [])
    assert entries(ledger)[0]["given_by"] == GIVER


def test_history_shows_a_click_with_its_name(press, handle):
    press("pause")
    (past,) = handle("take_command", event("take_command_history"))["rollouts"]
    (command,) = past["commands"]
    assert (command["command"], command["given_by"], command["request_id"]) == ("pause", GIVER, "request")


def test_reason_of_a_refusal_names_the_command_of_the_click(press, handle):
    press("pause")
    answer = handle("take_command", TAKE)
    assert f"version 2 is paused by the command request ({STATED}) since" in answer["Cause"]


@pytest.mark.parametrize("command", ["pause", "promote", "freeze", "abort"])
def test_request_that_lambda_repeats_is_taken_once(press, ledger, published, monkeypatch, command):
    """P4: at another time, so that only its ID is the same."""
    first = press(command)
    later = NOW.replace(minute=9)
    monkeypatch.setattr("tests.integration.conftest.NOW", later)
    assert press(command) == first
    assert (len(taken_by_lock()), len(entries(ledger))) == (1, 1)
    assert len({message["detail"]["id"] for message in published()}) == 1


def test_repeated_abort_whose_rollout_has_ended_meanwhile_was_taken(press):
    """P10: the guardian has released the lock before the repetition."""
    first = press("abort")
    locks().release(ROLLOUT.target, ROLLOUT.execution)
    assert press("abort") == first


@pytest.mark.parametrize("command", ["pause", "promote", "freeze"])
def test_second_click_is_another_request_and_is_refused_without_a_change(press, ledger, command):
    """Two clicks are two requests; the second one meets the state that the first one has made."""
    press(command)
    page = press(command, request="second")
    assert "Refused: nothing was changed" in page
    assert "by the command request" in page
    assert (taken_by_lock(), len(entries(ledger))) == ([(command, "request")], 1)


def test_second_click_of_abort_is_recorded_and_stops_nothing_more(press, ledger):
    assert "Taken" in press("abort")
    assert "Taken" in press("abort", request="second")
    assert [entry["request_id"] for entry in entries(ledger)] == ["request", "second"]
    assert status() == "ABORTED"


@pytest.mark.parametrize(
    ("form", "field"), [({"given_by": "Anna Lee"}, "reason"), ({"reason": "slow"}, "name"), ({}, "reason")]
)
def test_click_without_reason_or_name_changes_nothing(press, ledger, form, field):
    """P11, P6."""
    page = press("abort", form=form)
    assert "Refused: nothing was changed" in page
    assert f"{field} is missing" in page
    assert (taken_by_lock(), entries(ledger), status()) == ([], [], "RUNNING")


def test_click_on_a_page_of_another_version_changes_nothing(press, ledger):
    """A page may be older than the rollout that it shows."""
    assert "has a rollout of version 2, not of version 1" in press("abort", version="1")
    assert (entries(ledger), status()) == ([], "RUNNING")


def test_click_on_a_page_of_another_step_approves_nothing(press, ledger):
    """P11: what a person approved was to go on from the first step, and the rollout has gone on since."""
    second = lock_of(ROLLOUT.model_copy(update={"step": 1}), PlannedWrite(version="1", shares={"2": 50}))
    locks().announce(second)
    assert locks().reach_gate(second, ReachedGate(step=2, since=NOW, approval=Approval()))
    assert "waits after step 2, not after step 1" in press("approve", step=1)
    assert entries(ledger) == []
    assert "Taken" in press("approve", request="second", step=2)


def test_click_whose_outcome_is_not_known_says_so(press, monkeypatch):
    """No state machine repeats it, so the page says how to."""

    def throttled(*_: object) -> None:
        raise AwsUnavailableError("stopping execution: AWS answered ThrottlingException")

    with monkeypatch.context() as patch:
        patch.setattr(Executions, "stop", throttled)
        page = press("abort")
    assert "Not known whether the command was taken" in page
    assert "ThrottlingException" in page
    assert "Taken" in press("abort", request="second")
    assert status() == "ABORTED"


def test_defect_is_a_page_without_a_stack_trace(press, monkeypatch, log):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(Locks, "find", broken)
    page = press("pause")
    assert "Not known whether the command was taken" in page
    assert "request id request" in page
    assert "Traceback" not in page
    assert any(record.exc_info for record in log)


def test_text_from_outside_is_never_markup(press):
    form = {"reason": "<script>alert(1)</script>", "given_by": "<img src=x onerror=alert(2)>"}
    pages = [press("pause", form=form), press("pause", request="second"), press("<b>", request="third")]
    assert [tag for page in pages for tag in ("<script", "<img", "<b>") if tag in page] == []


def test_person_who_may_press_buttons_cannot_name_an_execution(handle, context, ledger):
    """P11: IAM lets people invoke the alias only."""
    context.invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:take-command:buttons"
    assert "Refused: nothing was changed" in handle("take_command", TAKE)
    assert (taken_by_lock(), entries(ledger)) == ([], [])


def test_description_is_answered_without_a_command(handle, ledger):
    assert handle("take_command", {"describe": True}).startswith("## TakeCommand")
    assert entries(ledger) == []
