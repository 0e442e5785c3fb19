"""The elements with which a viewer acts: they call this widget again, or TakeCommand for an operator's command.

CloudWatch attaches a `cwdb-action` to the element before it, and invokes its endpoint with the viewer's permissions.
"""

import json
from xml.etree.ElementTree import Element

from rollout.dashboard.event import LONGEST_FILTER, SHOWN, Typed, WidgetRequest
from rollout.dashboard.html.tree import tag
from rollout.dashboard.live import LiveRollout
from rollout.dashboard.mark import Mark
from rollout.domain.enums import Command
from rollout.domain.lambda_names import function_arn
from rollout.domain.models import Value
from rollout.domain.text import LONGEST_REASON


class Endpoints(Value):
    """The functions that the widget's actions invoke."""

    show_rollouts: str
    """The ARN of this widget's function."""
    take_command: str
    """The ARN of TakeCommand."""


_LABELS = {
    Command.APPROVE: "Approve",
    Command.RESUME: "Resume",
    Command.RELEASE: "Release",
    Command.PROMOTE: "Promote now",
    Command.PAUSE: "Pause",
    Command.FREEZE: "Freeze",
    Command.ABORT: "Abort",
}

_EFFECTS = {
    Command.APPROVE: "version {canary} of {name} goes on from {percent:g} %",
    Command.RESUME: "version {canary} of {name} goes on from {percent:g} %",
    Command.RELEASE: "version {canary} of {name} is judged again",
    Command.PROMOTE: "version {canary} of {name} gets all traffic after the next evaluation",
    Command.PAUSE: "version {canary} of {name} keeps {percent:g} % until the command resume",
    Command.FREEZE: "version {canary} of {name} keeps {percent:g} %, even if it is unhealthy",
    Command.ABORT: "{name} is rolled back to version {stable} at once",
}


def call(label: str, request: dict[str, object], endpoints: Endpoints, class_: str = "btn") -> list[Element]:
    """Return a button that shows another page of this widget."""
    attributes = {"action": "call", "display": "widget", "endpoint": endpoints.show_rollouts}
    return [tag("a", label, class_=class_), tag("cwdb-action", json.dumps(request), **attributes)]


def overview_request(request: WidgetRequest, page: int) -> dict[str, object]:
    """Return the request for a page of the overview with the same filters."""
    chosen: dict[str, object] = {"view": "overview", "page": page, "function": request.function}
    return chosen | {"state": request.state or ""}


def detail_request(partition: str, key: str, page: int = 1) -> dict[str, object]:
    """Return the request for the detail of a rollout; `page` is the page of the overview before it."""
    return {"view": "detail", "rollout": {"target": partition, "entry": key}, "page": page}


def filter_form(request: WidgetRequest, endpoints: Endpoints) -> Element:
    """Return the form with the overview's filters."""
    options = [tag("option", "every state", value="", selected=_selected(request.state is None))]
    options += [tag("option", mark, value=mark, selected=_selected(request.state is mark)) for mark in Mark]
    name = {"type": "text", "name": "filter_function", "value": request.function, "maxlength": LONGEST_FILTER}
    fields = [
        tag("label", "Function ", tag("input", **name, size=16)),
        tag("label", "State ", tag("select", *options, name="filter_state")),
    ]
    return tag("form", *fields, *call("Filter", {"view": "overview"}, endpoints), class_="lr-bar")


def _selected(is_selected: bool) -> str | None:  # noqa: FBT001 - a value, not a switch
    return "selected" if is_selected else None


def shown_form(request: dict[str, object]) -> Element:
    """Return the hidden form by which a refresh of the widget shows the same page again."""
    return tag("form", tag("input", type="hidden", name=SHOWN, value=json.dumps(request)))


def reason_form(typed: Typed) -> Element:
    """Return the fields that every command on the page takes: CloudWatch sends them with each action."""
    why = {"name": "reason", "value": typed.reason, "maxlength": LONGEST_REASON, "placeholder": "why, for the ledger"}
    who = {"name": "given_by", "value": typed.given_by, "maxlength": 100, "placeholder": "who gives the command"}
    return tag(
        "form",
        tag("label", "Reason ", tag("input", type="text", **why, size=28)),
        tag("label", "Your name ", tag("input", type="text", **who, size=22)),
        class_="lr-bar",
    )


def command_buttons(rollout: LiveRollout, endpoints: Endpoints, page: int) -> Element:
    """Return a button for each command that a rollout obeys now; the command runs with the viewer's permissions."""
    buttons = [one for command in rollout.commands for one in _command_button(rollout, command, endpoints, page)]
    return tag("div", *buttons, class_="lr-bar")


def _command_button(rollout: LiveRollout, command: Command, endpoints: Endpoints, page: int) -> list[Element]:
    style = {Command.ABORT: "btn lr-danger", Command.APPROVE: "btn btn-primary"}.get(command, "btn")
    attributes = {
        "action": "call",
        "display": "popup",
        "endpoint": endpoints.take_command,
        "confirmation": confirmation_of(rollout, command),
    }
    body = json.dumps(command_event(rollout, command, page))
    return [tag("a", _LABELS[command], class_=style), tag("cwdb-action", body, **attributes)]


def confirmation_of(rollout: LiveRollout, command: Command) -> str:
    """Return what the viewer confirms before a command is given."""
    effect = _EFFECTS[command].format(
        name=rollout.target.name,
        canary=rollout.canary_version,
        stable=rollout.stable_version,
        percent=rollout.canary_percent,
    )
    return f"{_LABELS[command]}: {effect}. The ledger keeps the reason and the name that you entered."


def command_event(rollout: LiveRollout, command: Command, page: int) -> dict[str, object]:
    """Return what TakeCommand gets: the version and the step keep an old page from commanding what it does not show."""
    target, is_for_gate = rollout.target, rollout.gate_step and command in (Command.APPROVE, Command.RESUME)
    step = {"step": rollout.gate_step} if is_for_gate else {}
    return step | {
        "function": function_arn(target.account_region, target.function),
        "alias": target.alias,
        "version": rollout.canary_version,
        "command": command,
        "page": page,
    }
