"""What people are told: a subject any telephone shows, and the numbers and the place to look below it."""

import pytest

from rollout.notifications.build_events import ending_event
from rollout.notifications.events import EndingEvent
from rollout.notifications.message import console_url, notification_of
from tests.samples import AT, EXECUTION, TARGET, judgement
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


def told(detail_type: str, **changes: object) -> EndingEvent:
    return ending_event(closing(**changes), ENDINGS[detail_type], AT)


@pytest.mark.parametrize("detail_type", SUBJECTS)
def test_the_subject_is_one_readable_sentence(detail_type):
    assert notification_of(told(detail_type)).subject == SUBJECTS[detail_type]


@pytest.mark.parametrize("detail_type", SUBJECTS)
@pytest.mark.parametrize("function", ["f", "f" * 64, "fünf", "two\nlines"])
@pytest.mark.parametrize("alias", ["live", "a" * 128])
def test_sns_takes_every_subject(detail_type, function, alias):
    """Fewer than 100 characters, ASCII, no line breaks; names of functions are ASCII, but a document may be broken."""
    target = TARGET.model_copy(update={"function": function, "alias": alias})
    subject = notification_of(told(detail_type).model_copy(update={"target": target})).subject
    assert 0 < len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()
    assert subject.startswith(SUBJECTS[detail_type].split(":")[0])


def test_the_numbers_and_the_place_to_look_stand_below():
    assert notification_of(told("Rollout Rolled Back", judgement=judgement())).text == (
        "my-api:live serves version 3 alone again; unhealthy\n"
        "\n"
        "Function: my-api, alias live, account 123456789012, eu-west-1\n"
        "Stable: version 3, 9 of 900 calls (1 %) failed\n"
        "Canary: version 4, 1 of 100 calls (1 %) failed\n"
        "Evidence against the canary: 1 against a limit of 100\n"
        "\n"
        f"Execution: {CONSOLE}"
    )


def test_a_rollout_that_was_never_judged_has_versions_and_no_numbers():
    text = notification_of(told("Rollback Failed")).text
    assert "Stable: version 3\nCanary: version 4\n" in text
    assert "Evidence" not in text


def test_subscribers_may_filter_by_ending_function_and_alias():
    about = {"ending": "Rollout Promoted", "function": "my-api", "alias": "live"}
    assert notification_of(told("Rollout Promoted")).attributes == about


@pytest.mark.parametrize(
    ("partition", "begins"),
    [
        ("aws", "https://eu-west-1.console.aws.amazon.com/"),
        ("aws-cn", "https://eu-west-1.console.amazonaws.cn/"),
        ("aws-us-gov", "https://eu-west-1.console.amazonaws-us-gov.com/"),
        ("aws-iso", "arn:aws-iso:states:"),
    ],
)
def test_the_place_to_look_is_the_partitions_own_console(partition, begins):
    assert console_url(EXECUTION.arn.replace("arn:aws:", f"arn:{partition}:")).startswith(begins)
