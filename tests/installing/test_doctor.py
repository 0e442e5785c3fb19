"""`make doctor` shows each finding with its fix, and exits with 0 only where nothing is bad or unknown."""

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import NoCredentialsError, ProfileNotFound
from click.testing import CliRunner

from installing import doctor
from installing.doctor import NotExaminedError, examine, lines_of, main
from installing.marks import MARKS, is_fit
from rollout.doctor.finding import Grade

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:lambda-rollouts-commands"
OUTPUTS = [{"OutputKey": "CommandStateMachineArn", "OutputValue": MACHINE}]
GOOD = {"check": "freeze", "grade": "good", "found": "0 freezes.", "fix": ""}
BAD = {"check": "trail", "grade": "bad", "found": "None of 0 trails logs.", "fix": "Create a trail"}
ANSWER = {"answer": "taken", "reason": "1 good, 0 warnings, 1 bad, 0 unknown", "findings": [GOOD, BAD]}


class Account:
    """A session whose command state machine ends as it is given."""

    def __init__(self, *executions, outputs=OUTPUTS):
        self.executions = [*executions]
        self.outputs = outputs
        self.started = []

    def client(self, _service):
        return self

    def describe_stacks(self, **_):
        return {"Stacks": [{"Outputs": self.outputs}]}

    def start_execution(self, **started):
        self.started.append(started)
        return {"executionArn": "execution"}

    def describe_execution(self, **_):
        return self.executions.pop(0)


def ended(answer):
    return {"status": "SUCCEEDED", "output": json.dumps(answer)}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(doctor, "time", SimpleNamespace(monotonic=lambda: 0, sleep=lambda _: None))


def run(monkeypatch, account, *arguments):
    monkeypatch.setattr(doctor.boto3, "Session", lambda **_: account)
    return CliRunner().invoke(main, arguments)


def test_stack_examines_itself_by_its_command_state_machine():
    account = Account({"status": "RUNNING"}, ended(ANSWER))
    assert examine(account, "lambda-rollouts") == ANSWER
    assert account.started == [{"stateMachineArn": MACHINE, "input": '{"command": "doctor"}'}]


def test_failed_command_is_reported_with_its_cause():
    account = Account({"status": "FAILED", "error": "CommandFailed", "cause": "ExamineStack failed"})
    with pytest.raises(NotExaminedError, match="CommandFailed: ExamineStack failed"):
        examine(account, "lambda-rollouts")


def test_stack_of_another_project_is_refused():
    with pytest.raises(NotExaminedError, match="no stack of this project"):
        examine(Account(outputs=[]), "other")


def test_missing_credentials_are_reported(monkeypatch):
    account = Account()
    monkeypatch.setattr(account, "describe_stacks", lambda **_: (_ for _ in ()).throw(NoCredentialsError()))
    with pytest.raises(NotExaminedError, match="sign in first"):
        examine(account, "lambda-rollouts")


def test_each_finding_has_a_line_and_its_fix_another():
    assert [line.plain for line in lines_of([GOOD, BAD])] == [
        "good     freeze: 0 freezes.",
        "bad      trail: None of 0 trails logs.",
        "         → Create a trail",
    ]


def test_fix_is_printed_in_one_line_so_that_its_command_can_be_copied(monkeypatch):
    command = "aws sns subscribe --topic-arn arn:aws:sns:us-east-1:123456789012:" + "topic" * 40
    result = run(monkeypatch, Account(ended(ANSWER | {"findings": [BAD | {"fix": command}]})))
    assert f"→ {command}\n" in result.output


def test_unknown_profile_is_reported_with_what_to_do(monkeypatch):
    def fail(**_):
        raise ProfileNotFound(profile="nope")

    monkeypatch.setattr(doctor.boto3, "Session", fail)
    result = CliRunner().invoke(main, ["--profile", "nope"])
    assert result.exit_code == 1
    assert "(nope) could not be found. Name the stack" in result.output


@pytest.mark.parametrize(("findings", "code"), [([GOOD], 0), ([GOOD | {"grade": "warning"}], 0), ([GOOD, BAD], 1)])
def test_exit_says_whether_the_stack_is_fit(monkeypatch, findings, code):
    result = run(monkeypatch, Account(ended(ANSWER | {"findings": findings})))
    assert result.exit_code == code, result.output
    assert "1 good, 0 warnings, 1 bad, 0 unknown." in result.output


def test_unknown_is_not_fit():
    """P5."""
    assert not is_fit([GOOD, GOOD | {"grade": "unknown"}])


def test_every_grade_has_a_mark():
    assert {*MARKS} == {*Grade}


def test_json_is_the_answer_itself(monkeypatch):
    result = run(monkeypatch, Account(ended(ANSWER)), "--json")
    assert json.loads(result.output) == ANSWER
