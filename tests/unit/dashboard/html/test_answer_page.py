"""Tests of the page that answers a button."""

from html.parser import HTMLParser

import pytest

from rollout.dashboard.answer import Answered, ButtonAnswer
from rollout.dashboard.event import Screen, Theme
from rollout.dashboard.html.answer_page import answer_page
from tests.hostile_strings import HOSTILE_STRINGS


def page(answered: Answered = Answered.TAKEN, theme: Theme = Theme.LIGHT, **fields: str) -> str:
    answer = ButtonAnswer.model_validate({"answered": answered, "sentence": "my-api:live is paused"} | fields)
    return answer_page(answer, Screen(theme=theme))


class _Reader(HTMLParser):
    """Collects the tags, the attributes and the text of a page, without its style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("answered", "title", "step"),
    [
        (Answered.TAKEN, "Taken", "to see the rollout obey"),
        (Answered.REFUSED, "Refused: nothing was changed", "if it is still needed"),
        (Answered.UNKNOWN, "Not known whether the command was taken", "does no harm"),
    ],
)
def test_page_says_what_became_of_the_command_and_what_to_do_next(answered, title, step):
    text = _Reader(page(answered)).text
    assert title in text
    assert "my-api:live is paused." in text
    assert step in text


@pytest.mark.parametrize("hostile", HOSTILE_STRINGS, ids=lambda text: text[:20])
def test_text_from_outside_is_never_markup(hostile):
    read = _Reader(page(Answered.REFUSED, sentence=hostile, stated_giver=hostile))
    assert (read.tags, read.attributes) == ({"style", "div", "h2", "p", "span"}, {"class", "dir", "role"})
    assert hostile in read.text


def test_giver_is_shown_where_the_command_was_taken():
    assert 'given by "Anna" as entered' in _Reader(page(stated_giver='"Anna" as entered')).text
    assert "On record" not in page()


def test_themes_have_different_colours():
    assert page(theme=Theme.DARK) != page()
