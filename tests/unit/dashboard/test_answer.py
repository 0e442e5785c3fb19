"""Tests of the page that answers a button."""

from html.parser import HTMLParser

import pytest

from rollout.dashboard.answer import Answered, ButtonAnswer, answer_page, theme_of

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)"> & \'"'


def page(answered: Answered = Answered.TAKEN, theme: str = "light", **fields: str) -> str:
    return answer_page(ButtonAnswer(answered=answered, sentence="my-api:live is paused", **fields), theme)


class _Reader(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.tags.add(tag)

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


def test_text_from_outside_is_never_markup():
    answer = ButtonAnswer(answered=Answered.REFUSED, sentence=HOSTILE, stated_giver=HOSTILE)
    read = _Reader(answer_page(answer, 'light"><script>'))
    assert read.tags == {"div", "p"}
    assert read.text.count(HOSTILE) == 2


def test_giver_is_shown_where_the_command_was_taken():
    assert 'given by "Anna" as entered' in _Reader(page(stated_giver='"Anna" as entered')).text
    assert "On record" not in page()


def test_themes_have_different_colours():
    assert page(theme="dark") != page(theme="light") == page(theme="unknown")


@pytest.mark.parametrize(
    ("event", "theme"),
    [
        ({"widgetContext": {"theme": "dark"}}, "dark"),
        ({"widgetContext": {"theme": 7}}, "light"),
        ({"widgetContext": []}, "light"),
        ({}, "light"),
        ([], "light"),
    ],
)
def test_theme_is_that_of_the_widget(event, theme):
    assert theme_of(event) == theme
