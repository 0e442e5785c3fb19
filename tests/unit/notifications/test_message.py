"""Tests of notifications: a subject that fits SNS and a phone, and a text with the numbers and the execution."""

import pytest

from rollout.domain.hook_errors import StoppedBeforeTrafficError
from rollout.notifications.build_events import ending_event
from rollout.notifications.events import EndingEvent, RolloutRejected
from rollout.notifications.gate import ApprovalRequested, RolloutPaused, gate_event
from rollout.notifications.message import console_url, notification_of, request_of, stop_of
from rollout.state.endings import rejected
from tests.commands import gate
from tests.samples import AT, EXECUTION, TARGET, judgement, rollout
from tests.unit.notifications.test_build_events import ENDINGS, closing

CONSOLE = (
    "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/"
    "arn:aws:states:eu-west-1:123456789012:execution:rollouts:my-api-4"
)
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


def test_text_has_sentence_numbers_and_console_url():
    assert notification_of(event("Rollout Rolled Back", judgement=judgement())).text == (
        "my-api:live serves version 3 alone again; unhealthy\n"
        "\n"
        "Function: my-api, alias live, account 123456789012, eu-west-1\n"
        "Stable: version 3, 9 of 900 calls (1 %) failed\n"
        "Canary: version 4, 1 of 100 calls (1 %) failed\n"
        "Evidence against the canary: 1 against a limit of 100\n"
        "\n"
        f"Execution: {CONSOLE}"
    )


def test_notification_of_a_stopped_version_names_what_is_served_and_why():
    """P10: people hear of a version that a hook has stopped, not of a request that was refused."""
    refusal = rejected(StoppedBeforeTrafficError("my-api:live was not touched: unhealthy: hooks before traffic"))
    stopped = ending_event(closing(), refusal, AT)
    assert isinstance(stopped, RolloutRejected)
    sent = stop_of(stopped)
    assert sent.subject == "Not rolled out: my-api:live keeps version 3"
    assert sent.text.startswith("my-api:live is not rolled out: my-api:live was not touched: unhealthy: hooks before")
    assert sent.text.endswith(f"Execution: {CONSOLE}")
    assert sent.attributes == {"ending": "Rollout Rejected", "function": "my-api", "alias": "live"}


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
    request = request_of(event)
    assert (request.subject, event.command_line in request.text.splitlines()) == (subject, True)
    assert request.attributes == {"request": detail_type, "function": "my-api", "alias": "live"}
    assert request.text.startswith(f"{event.sentence}\n\n")
    assert "Canary: version 4, 1 of 100 calls (1 %) failed" in request.text
    assert request.text.endswith(CONSOLE)


@pytest.mark.parametrize("kind", ["approval", "pause"])
def test_subject_of_a_request_fits_limits_of_sns(kind):
    assert len(request_of(waiting(kind, function="f" * 64, alias="a" * 128)).subject) < 100


def test_text_of_rollout_without_judgement_has_versions_only():
    text = notification_of(event("Rollback Failed")).text
    assert "Stable: version 3\nCanary: version 4\n" in text
    assert "Evidence" not in text


def test_attributes_are_ending_function_and_alias():
    attributes = {"ending": "Rollout Promoted", "function": "my-api", "alias": "live"}
    assert notification_of(event("Rollout Promoted")).attributes == attributes


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
