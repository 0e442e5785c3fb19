"""`python -m report` writes a file, or says what it has not found."""

import re
import shlex
import subprocess
from dataclasses import dataclass

import boto3
import pytest
from botocore.stub import Stubber

from report import __main__ as program
from report.stack import Stack, StackNotFoundError, find_stack
from rollout.domain.identity import AccountRegion
from tests.integration.conftest import ROOT
from tests.integration.functions.test_summaries import ended

HOME = AccountRegion(account="123456789012", region="eu-west-1")
OUTPUTS = {
    "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts",
    "LedgerTableName": "ledger",
}


@dataclass(frozen=True)
class Result:
    """The exit code and the output of the program."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def report(ledger, monkeypatch, tmp_path, capsys):
    """Run the program in an empty folder, on a stack whose ledger is that of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program, "find_stack", lambda *_: Stack("ledger", HOME))

    def run(*arguments: str) -> Result:
        with pytest.raises(SystemExit) as stopped:
            program.main(arguments, prog_name="report")
        return Result(stopped.value.code, *capsys.readouterr())

    return run


def describe(outputs: dict[str, str]) -> Stack:
    """Find the stack that CloudFormation describes with these outputs."""
    formation = boto3.client("cloudformation", region_name="eu-west-1")
    listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    stack = {"StackName": "shop", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Outputs": listed}
    with Stubber(formation) as stubber:
        stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "shop"})
        return find_stack(formation, "shop")


def test_report_of_the_last_ended_rollout_is_one_file(report, tmp_path):
    ended("4")
    result = report("my-api:live")
    assert result.exit_code == 0, result
    (file,) = tmp_path.iterdir()
    assert file.name == "rollout-my-api-live-4.html"
    assert file.read_text().startswith("<!DOCTYPE html>\n<html")
    *_, last = result.stdout.splitlines()
    assert re.fullmatch(rf"Report of my-api:live, version 4, promoted: {re.escape(str(file))} \([0-9]+ KB\)", last)


def test_progress_is_not_in_the_output(report):
    ended("4")
    result = report("my-api:live")
    assert len(result.stdout.splitlines()) == 1
    assert "Reading my-api:live in account 123456789012, region eu-west-1 in the ledger ..." in result.stderr


def test_markdown_can_be_printed(report, tmp_path):
    ended("4")
    result = report("--format", "markdown", "--output", "-")
    assert result.stdout.startswith("### ✅ `my-api:live` serves version 4 alone\n")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("my-api:live", "--version", "9"), "has no ended rollout of my-api:live"),
        (("my api",), "cannot be named so"),
        (("my-api:live", "--format", "pdf"), "'pdf' is not one of 'html', 'markdown'"),
    ],
)
def test_program_says_what_it_has_not_found(report, tmp_path, arguments, problem):
    ended("4")
    result = report(*arguments)
    assert result.exit_code != 0
    assert problem in result.stderr
    assert [*tmp_path.iterdir()] == []


def test_help_explains_every_option(report):
    shown = report("--help").stdout
    assert [name for name in ("--version", "--execution", "--format", "--output", "--stack") if name not in shown] == []


def test_stack_is_found_by_its_outputs():
    assert describe(OUTPUTS) == Stack("ledger", HOME)


def test_other_stack_is_refused():
    with pytest.raises(StackNotFoundError, match="the stack shop in region eu-west-1 has no output 'StateMachineArn'"):
        describe({"Url": "https://shop"})


def test_stack_that_cloudformation_does_not_have_is_named_with_what_to_set():
    formation = boto3.client("cloudformation", region_name="eu-west-1")
    with Stubber(formation) as stubber:
        stubber.add_client_error("describe_stacks", "ValidationError", "Stack with id shop does not exist")
        with pytest.raises(StackNotFoundError, match=r"shop does not exist.*STACK=, REGION= and PROFILE="):
            find_stack(formation, "shop")


def test_make_passes_each_setting_to_an_option_that_exists():
    settings = {"ROLLOUT": "my-api:live", "VERSION": "7", "EXECUTION": "e", "FORMAT": "markdown", "OUTPUT": "-"}
    settings |= {"STACK": "s", "REGION": "eu-west-1", "PROFILE": "p"}
    command = ["make", "--dry-run", "report", *(f"{name}={value}" for name, value in settings.items())]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603
    arguments = shlex.split(shown.replace("\\\n", " ").split(" -m report ")[1])
    context = program.main.make_context("report", arguments)
    assert {name: str(value) for name, value in context.params.items()} == {
        "rollout": "my-api:live",
        "version": "7",
        "execution": "e",
        "kind": "markdown",
        "output": "-",
        "stack": "s",
        "region": "eu-west-1",
        "profile": "p",
    }
