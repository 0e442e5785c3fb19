"""Tests of the input of a command: what is accepted in which form, and what is refused by name."""

import json

import pytest

from rollout.admission.command import CommandRequest, read_command_event
from rollout.domain.command_errors import InvalidCommandError
from rollout.domain.enums import Command
from rollout.domain.text import LONGEST_REASON
from tests.samples import EXECUTION

PAUSE = {"function": "my-api", "command": "pause", "why": "the database is slow"}
APPROVE = PAUSE | {"command": "approve"}
EXTEND, IGNORE = PAUSE | {"command": "extend"}, PAUSE | {"command": "ignore"}
ARN = "arn:aws:lambda:us-west-2:111122223333:function:my-api"


def parse(request: object) -> CommandRequest:
    event = {"request": request, "execution": EXECUTION.model_dump(mode="json")}
    return read_command_event(event).parse()


def refusal(request: object) -> str:
    with pytest.raises(InvalidCommandError) as refused:
        parse(request)
    return str(refused.value)


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (PAUSE, {"command": Command.PAUSE, "alias": None, "version": None, "why": "the database is slow"}),
        (PAUSE | {"why": " two\n lines.  "}, {"why": "two lines"}),
        (PAUSE | {"alias": "prod", "version": 7}, {"alias": "prod", "version": "7"}),
        (PAUSE | {"function": "my-api:prod"}, {"alias": "prod", "version": None}),
        (PAUSE | {"function": "my-api:7"}, {"alias": None, "version": "7"}),
        (PAUSE | {"function": f"{ARN}:prod", "alias": "prod"}, {"alias": "prod", "function": "my-api"}),
        (EXTEND | {"by": "30m"}, {"seconds": 1800}),
        (EXTEND | {"by": 90}, {"seconds": 90}),
        (IGNORE | {"metrics": ["slow", "slow"]}, {"metrics": ("slow",)}),
        (APPROVE | {"step": 2}, {"step": 2}),
        ({"function": "my-api", "command": "history"}, {"command": Command.HISTORY, "why": ""}),
    ],
)
def test_command_is_read_in_each_form(request_, fields):
    request = parse(request_)
    assert {name: getattr(request, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("function", "account", "region"),
    [("my-api", "123456789012", "eu-west-1"), (ARN, "111122223333", "us-west-2")],
)
def test_target_may_be_in_a_member_account(function, account, region):
    target = parse(PAUSE | {"function": function}).target(None)
    assert (target.account, target.region, target.name) == (account, region, "my-api:live")


@pytest.mark.parametrize(
    ("alias", "tagged", "chosen"), [("prod", "beta", "prod"), (None, "beta", "beta"), (None, None, "live")]
)
def test_alias_is_chosen_as_for_a_start(alias, tagged, chosen):
    assert parse(PAUSE | {"alias": alias}).target(tagged).alias == chosen


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (
            PAUSE | {"command": "pausse"},
            "command is \"pausse\": write 'approve', 'pause', 'resume', 'promote', 'extend', ",
        ),
        (PAUSE | {"why": ""}, "why is missing: add the reason, which the ledger and the events keep"),
        (PAUSE | {"why": " \n. "}, "why is missing"),
        (PAUSE | {"why": "x" * (LONGEST_REASON + 1)}, "write at most 500 characters"),
        (
            PAUSE | {"override_freeze": "urgent"},
            "override_freeze belongs to the commands approve, resume, promote only: remove it",
        ),
        (APPROVE | {"override_freeze": ""}, 'override_freeze is "": say why: write the reason'),
        (APPROVE | {"override_freeze": " . "}, 'override_freeze is " . ": say why: write the reason'),
        (APPROVE | {"override_freeze": "x" * (LONGEST_REASON + 1)}, "write at most 500 characters"),
        (PAUSE | {"by": "30m"}, "by belongs to the command extend only: remove it"),
        (PAUSE | {"step": 2}, "step belongs to the commands approve, resume only: remove it"),
        (APPROVE | {"step": 0}, "step is 0: write at least 1"),
        (EXTEND, 'by is missing: add how much longer the step or the bake is to last, such as "30m"'),
        (EXTEND | {"by": 0}, "by is 0: write at least 1"),
        (EXTEND | {"by": "soon"}, 'by is "soon": write whole seconds'),
        (PAUSE | {"metrics": ["slow"]}, "metrics belongs to the command ignore only: remove it"),
        (IGNORE, "metrics is missing: add the names of the metrics and alarms to ignore"),
        (IGNORE | {"metrics": "slow"}, 'metrics is "slow": write a list'),
        (PAUSE | {"policy": {}}, "policy is not a known field (found {}): remove it or correct its name"),
        (PAUSE | {"function": "my api"}, 'function is "my api": write a function\'s name or ARN'),
        (PAUSE | {"function": "my-api:$LATEST"}, "function ends with :$LATEST"),
        (PAUSE | {"function": "my-api:7", "version": 8}, "version is 8, but the function's name ends with :7"),
        ({"command": "pause"}, "function is missing: add it"),
        ([], "the input is []: write an object"),
        ("pause", 'the input is "pause": write an object'),
        (None, "the input is null: write an object"),
    ],
)
def test_invalid_command_is_refused_by_field_and_value(request_, problem):
    assert problem in refusal(request_)


def test_refusal_shows_the_least_command_and_every_problem():
    sentence = refusal({"function": "my-api", "command": "go", "by": "soon"})
    assert sentence.startswith("The command is refused: ")
    assert "command is" in sentence
    assert "by is" in sentence
    assert sentence.endswith('at least {"function": "my-api", "command": "pause", "why": "the database is slow"}.')


@pytest.mark.parametrize(
    ("request_", "example"),
    [
        (EXTEND, '{"function": "my-api", "command": "extend", "by": "30m", "why": "the database is slow"}'),
        (IGNORE, '{"function": "my-api", "command": "ignore", "metrics": ["slow"], "why": "the database is slow"}'),
    ],
)
def test_refusal_shows_an_example_of_the_command_that_can_be_read(request_, example):
    assert refusal(request_).endswith(f"A command needs at least {example}.")
    parse(json.loads(example))


@pytest.mark.parametrize("request_", [json.loads("[" * 60 + "]" * 60), PAUSE | {"why": 7}, PAUSE | {"by": 10**400}])
def test_any_json_is_refused_by_a_short_sentence(request_):
    """P10."""
    assert len(refusal(request_)) < 3_900


def test_text_that_utf8_cannot_express_is_replaced():
    assert parse(PAUSE | {"why": "slow \ud800"}).why == "slow \ufffd"


def test_command_of_a_repeated_task_is_the_same():
    """P4."""
    assert parse(PAUSE).taken() == parse(PAUSE).taken()
    assert (parse(PAUSE).taken().id, parse(PAUSE).taken().at) == (EXECUTION.arn, EXECUTION.started_at)


def test_event_without_an_execution_is_refused():
    with pytest.raises(InvalidCommandError, match="The event of TakeCommand cannot be read: execution is missing"):
        read_command_event({"request": PAUSE})
