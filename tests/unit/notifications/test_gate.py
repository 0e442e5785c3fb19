"""Tests of the events of a rollout that waits for a person: they have the command that lets it go on."""

import json
import shlex
from datetime import timedelta

import pytest

from rollout.admission.command import read_command_event
from rollout.domain.enums import Command
from rollout.notifications.gate import ApprovalRequested, RolloutPaused, gate_event
from tests.commands import gate
from tests.samples import AT, EXECUTION, TARGET, judgement, policy, rollout

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts-commands"
MEMBER = TARGET.model_copy(update={"account": "111122223333", "region": "us-west-2"})


def options(line: str) -> dict[str, str]:
    """Return the options of a command line by their names."""
    program, *words = shlex.split(line)
    assert [program, *words[:2]] == ["aws", "stepfunctions", "start-execution"]
    return dict(zip(words[2::2], words[3::2], strict=True))


@pytest.mark.parametrize(
    ("kind", "event_type", "command"),
    [("approval", ApprovalRequested, Command.APPROVE), ("pause", RolloutPaused, Command.RESUME)],
)
@pytest.mark.parametrize("target", [TARGET, MEMBER])
def test_command_line_is_a_command_that_the_rollout_takes(kind, event_type, command, target):
    """P11: pasted as it is, with a reason; a member account's function is named by its ARN."""
    event = gate_event(rollout(target=target), gate(kind), MACHINE)
    given = options(event.command_line)
    assert isinstance(event, event_type)
    assert (given["--state-machine-arn"], given["--region"]) == (MACHINE, "eu-west-1")
    execution = EXECUTION.model_dump(mode="json")
    request = read_command_event({"request": json.loads(given["--input"]), "execution": execution}).parse()
    assert (request.command, request.target(None), request.version) == (command, target, "4")
    assert request.why


def test_request_says_what_waits_until_when_and_what_then():
    waiting = rollout(judgement=judgement(), policy=policy(bake=0))
    event = gate_event(waiting, gate(), MACHINE)
    assert event.sentence == (
        "my-api:live: version 4 has 10 % in step 1 of 2: healthy, errors: as counted; it waits for the command approve,"
        " and without it until 2026-03-02T12:05Z it is rolled back"
    )
    assert (event.until, event.on_timeout) == (AT + timedelta(days=1, minutes=5), "roll_back")
    assert (event.percent, event.step, event.steps, event.judgement.canary.calls) == (10, 1, 2, 100)


def test_pause_says_which_command_ends_it():
    event = gate_event(rollout(), gate("pause"), MACHINE)
    assert event.sentence == (
        "my-api:live: version 4 has 10 % in step 1 of 2; it is paused by its policy until the command resume"
    )
    assert event.judgement is None


@pytest.mark.parametrize("kind", ["approval", "pause"])
def test_repeated_task_gives_the_event_the_same_id(kind):
    """P4: each gate has an id of its own."""
    first, again = (gate_event(rollout(), gate(kind), MACHINE) for _ in range(2))
    second = gate_event(rollout(step=2), gate(kind, step=2), MACHINE)
    assert first == again
    assert (first.at, first.id.rpartition("/")[2], second.id.rpartition("/")[2]) == (gate().since, "1", "2")
