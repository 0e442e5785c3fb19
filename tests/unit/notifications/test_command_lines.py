"""Tests of the command lines to paste: a shell reads each as one command, whatever the names contain."""

import json
import shlex

import pytest

from rollout.admission.command import read_command_event
from rollout.admission.read_request import read_request
from rollout.admission.refusals.combine import RefusalList
from rollout.domain.enums import Command
from rollout.notifications.command_lines import (
    command_line,
    delete_parameter_line,
    point_alias_line,
    show_alias_line,
    start_line,
)
from rollout.notifications.gate import gate_event
from tests.commands import gate
from tests.samples import EXECUTION, TARGET, rollout

COMMANDS = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts-commands"
ELSEWHERE = TARGET.model_copy(update={"account": "210987654321"})
HOSTILE = TARGET.model_copy(update={"function": "my api; rm -rf /", "alias": "$(id)'\n"})


def options(line: str) -> dict[str, str]:
    """Return the options of a command line of the AWS CLI, as a shell reads them."""
    words = shlex.split(line)
    assert words[0] == "aws"
    return dict(zip(words[3::2], words[4::2], strict=True))


@pytest.mark.parametrize("command", [Command.APPROVE, Command.RESUME, Command.ABORT, Command.RELEASE])
def test_command_is_accepted_as_it_stands(command):
    given = options(command_line(rollout(), command, COMMANDS))
    assert (given["--state-machine-arn"], given["--region"]) == (COMMANDS, "eu-west-1")
    request = json.loads(given["--input"])
    parsed = read_command_event({"request": request, "execution": EXECUTION.model_dump(mode="json")}).parse()
    assert (parsed.command, parsed.function, parsed.version) == (command, "my-api", "4")


@pytest.mark.parametrize("target", [TARGET, ELSEWHERE])
@pytest.mark.parametrize("field", [{"back": True}, {"version": "4"}])
def test_request_is_accepted_as_it_stands(target, field):
    given = options(start_line(target, EXECUTION.arn, **field))
    assert given["--state-machine-arn"] == "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts"
    request = read_request(json.loads(given["--input"]), EXECUTION, refusals := RefusalList())
    assert [*refusals] == []
    assert (request.account_region, request.function) == (target.account_region, "my-api")
    assert (request.is_back, request.version) == ("back" in field, field.get("version"))


def test_alias_is_shown_and_pointed_at_one_version():
    alias = {"--region": "eu-west-1", "--function-name": "my-api", "--name": "live"}
    assert options(show_alias_line(TARGET)) == alias
    changes = {"--function-version": "3", "--routing-config": "AdditionalVersionWeights={}"}
    assert options(point_alias_line(TARGET, "3")) == alias | changes


def test_parameter_is_deleted():
    assert options(delete_parameter_line("eu-west-1", "/a freeze")) == {"--region": "eu-west-1", "--name": "/a freeze"}


@pytest.mark.parametrize(
    "line",
    [
        show_alias_line(HOSTILE),
        point_alias_line(HOSTILE, "3"),
        start_line(HOSTILE, EXECUTION.arn, back=True),
        command_line(rollout(target=HOSTILE), Command.ABORT, COMMANDS),
    ],
)
def test_names_cannot_end_the_command(line):
    """Lambda allows no such names; a document may be invalid."""
    given = options(line)
    named = json.loads(given["--input"]) if "--input" in given else {}
    assert HOSTILE.alias in (given.get("--name"), named.get("alias"))
    assert HOSTILE.function in (given.get("--function-name"), named.get("function"))


@pytest.mark.parametrize("kind", ["approval", "pause"])
def test_line_that_lets_a_rollout_go_on_names_its_step(kind):
    """A line that is pasted late lets no later approval pass."""
    event = gate_event(rollout(step=2), gate(kind, step=2), COMMANDS)
    assert json.loads(options(event.command_line)["--input"])["step"] == 2
    assert "step" not in json.loads(options(str(event.abort_command_line))["--input"])
