"""The page that answers a button: whether the command was taken, why not, and what to do next."""

from enum import StrEnum
from html import escape

from rollout.domain.models import Value
from rollout.domain.text import as_sentence


class Answered(StrEnum):
    """How a command that was given by a button ended."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ButtonAnswer(Value):
    """The answer to a button."""

    answered: Answered
    sentence: str
    """What the rollout does from now on, or why the command was refused, or what went wrong."""
    stated_giver: str = ""
    """Who gave the command, as the ledger keeps it; empty where none was taken."""


_TITLES = {
    Answered.TAKEN: ("✔", "Taken"),
    Answered.REFUSED: ("✘", "Refused: nothing was changed"),
    Answered.UNKNOWN: ("?", "Not known whether the command was taken"),
}
_NEXT = {
    Answered.TAKEN: "Close this answer and refresh the widget to see the rollout obey.",
    Answered.REFUSED: "Close this answer, refresh the widget, and press a button again if it is still needed.",
    Answered.UNKNOWN: "Close this answer, refresh the widget, and press the button again if the rollout does not obey:"
    " a second click of a command that was taken does no harm.",
}
_COLOURS = {
    "light": {"text": "#16191f", "note": "#545b64", "taken": "#1a7f37", "refused": "#cf222e", "unknown": "#9a6700"},
    "dark": {"text": "#eaeded", "note": "#95a5a6", "taken": "#3fb950", "refused": "#ff7b72", "unknown": "#d29922"},
}
"""Readable on the white and on the dark background of CloudWatch."""


def answer_page(answer: ButtonAnswer, theme: str) -> str:
    """Return the HTML of an answer; `theme` is that of the widget, `light` or `dark`."""
    colours = _COLOURS.get(theme, _COLOURS["light"])
    mark, title = _TITLES[answer.answered]
    parts = [
        f'<p style="font-size:18px;font-weight:bold;color:{colours[answer.answered]}">{mark} {title}</p>',
        f"<p>{escape(as_sentence(answer.sentence))}</p>",
        _recorded(answer, colours["note"]),
        f"<p>{_NEXT[answer.answered]}</p>",
    ]
    style = f"font-family:sans-serif;font-size:14px;overflow-wrap:anywhere;color:{colours['text']}"
    return f'<div role="status" style="{style}">{"".join(parts)}</div>'


def _recorded(answer: ButtonAnswer, colour: str) -> str:
    if not answer.stated_giver:
        return ""
    return f'<p style="color:{colour}">On record: given by {escape(answer.stated_giver)}.</p>'


def theme_of(event: object) -> str:
    """Return the theme of the widget that an event comes from; `light` where the event does not say."""
    context = event.get("widgetContext") if isinstance(event, dict) else None
    theme = context.get("theme") if isinstance(context, dict) else None
    return theme if isinstance(theme, str) else "light"


DESCRIPTION = """\
## TakeCommand
Gives a command to the live rollout of an alias. The buttons of the dashboard of Lambda Rollouts call it, and it is no
widget of its own. A user with permission to invoke this function can command every rollout.

```json
{
  "function": "my-api",
  "alias": "live",
  "command": "pause",
  "widgetContext": {"forms": {"all": {"reason": "the database is slow", "name": "Anna Lee"}}}
}
```
`command` is pause, resume, approve, promote, abort, freeze or release. `reason` and `name` are required.
"""
"""The answer to `{"describe": true}`, which CloudWatch shows in the editor of a widget."""
