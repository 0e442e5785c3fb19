"""The page that answers a button: what became of the command, and what to do next."""

from rollout.dashboard.answer import Answered, ButtonAnswer
from rollout.dashboard.event import Screen
from rollout.dashboard.html.style import page
from rollout.dashboard.html.tree import outside, render, tag
from rollout.domain.text import as_sentence

_TITLES = {
    Answered.TAKEN: ("lr-good", "✔ Taken"),
    Answered.REFUSED: ("lr-bad", "✘ Refused: nothing was changed"),
    Answered.UNKNOWN: ("lr-wait", "? Not known whether the command was taken"),
}
_NEXT = {
    Answered.TAKEN: "Close this answer and refresh the widget to see the rollout obey.",
    Answered.REFUSED: "Close this answer, refresh the widget, and press a button again if it is still needed.",
    Answered.UNKNOWN: "Close this answer, refresh the widget, and press the button again if the rollout does not obey:"
    " a second click of a command that was taken does no harm.",
}


def answer_page(answer: ButtonAnswer, screen: Screen) -> str:
    """Return the HTML of an answer."""
    kind, title = _TITLES[answer.answered]
    given = tag("p", "On record: given by ", outside(answer.stated_giver), ".", class_="lr-faint")
    return render(
        page(
            screen.theme,
            tag("h2", title, class_=f"lr-word {kind}", role="status"),
            tag("p", outside(as_sentence(answer.sentence))),
            given if answer.stated_giver else None,
            tag("p", _NEXT[answer.answered]),
        )
    )
