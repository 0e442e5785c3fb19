"""Tests of the event of a button: which command it gives, and which field is missing or invalid (P11)."""

import json
from typing import Any

import pytest

from rollout.admission.button import BUTTON_COMMANDS, LONGEST_NAME, is_button, is_description, read_click
from rollout.admission.command import CommandRequest
from rollout.domain.command_errors import InvalidCommandError
from rollout.domain.identity import AccountRegion
from rollout.domain.text import LONGEST_REASON
from rollout.state.commands.source import CommandSource
from tests.hostile_strings import HOSTILE_STRINGS
from tests.samples import AT, EXECUTION

REQUEST = CommandSource(
    id="8c1f-request",
    name="8c1f-request",
    at=AT,
    account_region=AccountRegion(account="123456789012", region="eu-west-1"),
)
ANNA = {"reason": "the database is slow", "given_by": "Anna Lee"}


def click(form: object = ANNA, **fields: object) -> dict[str, Any]:
    """Return the event of the button `pause` with a form."""
    context = {"theme": "dark", "widgetId": "widget-1", "forms": {"all": form}}
    return {"function": "my-api", "alias": "live", "command": "pause", "widgetContext": context} | fields


def refusal(event: dict[str, Any]) -> str:
    with pytest.raises(InvalidCommandError) as refused:
        read_click(event, REQUEST)
    return str(refused.value)


def read(event: dict[str, Any]) -> CommandRequest:
    return read_click(event, REQUEST)


@pytest.mark.parametrize("command", BUTTON_COMMANDS)
def test_button_gives_its_command_with_reason_and_name(command):
    request = read(click(command=command, page={"view": "overview"}, version=7))
    assert (request.command, request.why, request.version) == (command, "the database is slow", "7")
    assert request.target(None).name == "my-api:live"
    taken = request.taken()
    assert (taken.id, taken.at, taken.stated_by) == ("8c1f-request", AT, "Anna Lee")


@pytest.mark.parametrize("command", ["extend", "ignore", "history", "stop", ""])
def test_command_without_a_button_is_refused(command):
    """A second click of `extend` would extend once more; `history` is a page."""
    assert "has no button: use pause, resume, approve, promote, abort, freeze, release." in refusal(
        click(command=command)
    )


@pytest.mark.parametrize("blank", ["", "  ", ".", "\n"])
@pytest.mark.parametrize(("field", "label"), [("reason", "reason"), ("given_by", "name")])
def test_blank_field_is_refused_by_its_label(field, label, blank):
    """P11."""
    sentence = refusal(click(ANNA | {field: blank}))
    assert sentence.startswith(f"The command pause is refused: {label} is missing: enter ")


@pytest.mark.parametrize("form", [{}, {"other": "field"}])
def test_form_without_fields_is_refused_with_both_names(form):
    sentence = refusal(click(form))
    assert "reason is missing: enter why you give the command; name is missing: enter your name" in sentence


@pytest.mark.parametrize("context", [{}, {"forms": {}}])
def test_widget_without_a_form_is_refused_as_an_empty_form(context):
    assert "name is missing" in refusal(click() | {"widgetContext": context})


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"given_by": "x" * (LONGEST_NAME + 1)}, "name has 101 characters: enter at most 100"),
        ({"reason": "x" * (LONGEST_REASON + 1)}, "reason has 501 characters: enter at most 500"),
        ({"given_by": 7}, "forms.all.given_by is 7: write a string"),
        ({"reason": ["a"]}, 'forms.all.reason is ["a"]: write a string'),
    ],
)
def test_field_that_is_too_long_or_no_text_is_refused(form, problem):
    assert problem in refusal(click(ANNA | form))


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("  Anna \n Lee ", "Anna Lee"),
        ('Anna" as proven by CloudTrail', "Anna' as proven by CloudTrail"),
        ("Anna\u202e\u2066 Lee\x00", "Anna Lee"),
        ("Ánna Łee", "Ánna Łee"),
    ],
)
def test_name_cannot_hide_that_it_was_entered(entered, kept):
    assert read(click(ANNA | {"given_by": entered})).source.stated_by == kept


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"function": "my api"}, 'function is "my api": write a function\'s name or ARN'),
        ({"verson": "7"}, "verson is not a known field"),
        ({"by": "30m"}, "by belongs to the command extend only"),
        ({"alias": 7}, "alias is 7: write a string"),
    ],
)
def test_field_of_the_button_is_checked_as_that_of_an_execution(fields, problem):
    assert problem in refusal(click(**fields))


def test_button_cannot_bring_its_own_reason():
    """The reason is what the person enters, not what the page says."""
    assert read(click(why="as the page says")).why == "the database is slow"


TAKE_COMMAND = "arn:aws:lambda:eu-west-1:123456789012:function:take-command"
BY_EXECUTION = {"request": {"function": "my-api"}, "execution": EXECUTION.model_dump(mode="json")}


@pytest.mark.parametrize(
    ("event", "is_one"),
    [
        (click(), True),
        ({"describe": True}, True),
        ({"describe": False}, False),
        (BY_EXECUTION, False),
        ({"request": {"widgetContext": {}}}, False),
        ([], False),
        (None, False),
    ],
)
def test_only_custom_widgets_send_the_event_of_a_button(event, is_one):
    assert is_button(event, TAKE_COMMAND) is is_one


@pytest.mark.parametrize("event", [click(), BY_EXECUTION, {}, [], None])
def test_alias_of_the_buttons_takes_no_event_of_an_execution(event):
    """P11: otherwise a person who may press buttons could name an execution that someone else has started."""
    assert is_button(event, f"{TAKE_COMMAND}:buttons")


@pytest.mark.parametrize("event", [BY_EXECUTION, {}, [], None])
def test_other_event_is_refused_as_that_of_a_button(event):
    with pytest.raises(InvalidCommandError, match="The event of the button cannot be read"):
        read_click(event, REQUEST)


def test_only_a_true_describe_requests_the_description():
    assert (is_description({"describe": True}), is_description(click())) == (True, False)


@pytest.mark.parametrize("hostile", HOSTILE_STRINGS, ids=lambda text: text[:20])
def test_hostile_name_and_reason_are_kept_as_text_on_one_line(hostile):
    request = read(click({"reason": hostile[:400], "given_by": hostile[:90]}))
    assert request.why
    assert request.source.stated_by.isprintable()
    assert '"' not in request.source.stated_by


@pytest.mark.parametrize(
    "event",
    [
        {"widgetContext": None},
        {"widgetContext": [], "command": "pause"},
        {"widgetContext": {"forms": 7}, "command": "pause"},
        {"widgetContext": {}, "command": {"a": 1}},
        click(function=json.loads("[" * 60 + "]" * 60)),
        click(function="\ud800"),
        click(version=10**400),
        click(alias=["x" * 10_000]),
    ],
    ids=range(8),
)
def test_any_json_is_refused_by_a_short_sentence(event):
    """P10: the page shows it."""
    sentence = refusal(event)
    assert len(sentence) < 3_900
    assert sentence.encode()
