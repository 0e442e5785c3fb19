"""Reads the event of a button of the dashboard, as CloudWatch sends it for an action of a custom widget."""

from typing import Any

from pydantic import Field

from rollout.admission.command import CommandRequest, parse_command
from rollout.domain.command_errors import InvalidCommandError
from rollout.domain.enums import Command
from rollout.domain.json_values import plain_json
from rollout.domain.models import Value
from rollout.domain.text import LONGEST_REASON, as_reason
from rollout.domain.validation import format_value, read_as
from rollout.state.commands.source import CommandSource

BUTTON_COMMANDS = (
    Command.PAUSE,
    Command.RESUME,
    Command.APPROVE,
    Command.PROMOTE,
    Command.ABORT,
    Command.FREEZE,
    Command.RELEASE,
)
"""The commands that have a button. A second click gives each of them no more effect; `extend` would extend twice."""

BUTTONS = "buttons"
"""The alias of TakeCommand that the buttons call."""

LONGEST_NAME = 100
"""The longest name that a person may enter, in characters."""

_OF_THE_DASHBOARD = ("widgetContext", "page")
"""What the event has besides the command: what CloudWatch adds, and the page of the dashboard with the button."""


class _Form(Value):
    reason: str = ""
    # A sanitizer that protects the page's own names may remove a field called `name`.
    given_by: str = ""


class _Forms(Value):
    all: _Form = Field(default_factory=_Form)


class _WidgetContext(Value):
    forms: _Forms = Field(default_factory=_Forms)


class _Click(Value):
    command: str
    context: _WidgetContext = Field(alias="widgetContext", default_factory=_WidgetContext)


def is_button(event: object, invoked_function_arn: str) -> bool:
    """Whether an event is to be read as that of a custom widget, and not as that of the command state machine.

    People may only invoke the alias BUTTONS, so that no one but the state machine names the execution of a command.
    """
    if invoked_function_arn.rpartition(":")[2] == BUTTONS:
        return True
    return isinstance(event, dict) and ("widgetContext" in event or is_description(event))


def is_description(event: object) -> bool:
    """Whether CloudWatch, or a person, requests the description of the function, as of each custom widget."""
    return isinstance(event, dict) and event.get("describe") is True


def read_click(event: Any, source: CommandSource) -> CommandRequest:  # noqa: ANN401 - any JSON value
    """Return the command of a button, given by the person whose name the form has.

    `source` is the Lambda request. Raises InvalidCommandError, which names each field that is missing or invalid.
    """
    click = read_as(_Click, event, "The event of the button", InvalidCommandError)
    if click.command not in [*BUTTON_COMMANDS]:
        raise InvalidCommandError(
            f"The command {format_value(click.command)} has no button: use {', '.join(BUTTON_COMMANDS)}."
        )
    form = click.context.forms.all
    name, reason = _read_name(form.given_by), as_reason(form.reason)
    if problems := [*_missing(reason, name), *_too_long(form)]:
        raise InvalidCommandError(f"The command {click.command} is refused: {'; '.join(problems)}.")
    fields = {key: value for key, value in event.items() if key not in _OF_THE_DASHBOARD}
    return parse_command(plain_json(fields) | {"why": reason}, source.model_copy(update={"stated_by": name}))


def _missing(reason: str, name: str) -> list[str]:
    needed = {
        "reason is missing: enter why you give the command": reason,
        "name is missing: enter your name, because CloudWatch does not say who pressed the button": name,
    }
    return [problem for problem, entered in needed.items() if not entered]


def _too_long(form: _Form) -> list[str]:
    limits = {"reason": (form.reason, LONGEST_REASON), "name": (form.given_by, LONGEST_NAME)}
    return [
        f"{field} has {len(text):,} characters: enter at most {limit}"
        for field, (text, limit) in limits.items()
        if len(text) > limit
    ]


def _read_name(text: str) -> str:
    """Return a name on one line, without quotation marks and characters that would hide where it ends."""
    return as_reason("".join(each if each.isprintable() else " " for each in text).replace('"', "'"))
