"""A text from outside is text on every page: it adds no element and no attribute, and the reader sees it."""

import pytest

from rollout.dashboard.event import Screen
from rollout.dashboard.html.problem_page import problem_page
from sandbox.dashboard.sanitizer import sanitize
from tests.hostile_strings import HOSTILE_STRINGS
from tests.unit.dashboard.pages import (
    ENDPOINTS,
    Page,
    detail_html,
    ended_entry,
    live_entry,
    logs,
    overview_html,
    queued_entry,
    sample_detail,
    sample_overview,
)

HARMLESS = "harmless"
FORBIDDEN = {"script", "iframe", "use", "object", "embed", "link", "meta", "base", "img", "math"}
"""What CloudWatch removes, or what loads something from elsewhere."""


def overview_with(text):
    name = text.replace("/", "|")  # it separates the parts of the key
    target = f"123456789012/eu-west-1/{name}/live"
    entries = [live_entry(text), queued_entry(text, target=target), live_entry(text, target=target)]
    return overview_html(sample_overview(entries, [ended_entry(text, target=target)]))


def filtered_by(text):
    return overview_html(sample_overview([live_entry()], function=text[:170]))


def live_detail_with(text):
    return detail_html(sample_detail(live_entry(text), text))


def ended_detail_with(text):
    return detail_html(sample_detail(ended_entry(text, canary_logs=logs(text)), text))


def problem_with(text):
    return problem_page(text, Screen(), ENDPOINTS)


PAGES = [overview_with, filtered_by, live_detail_with, ended_detail_with, problem_with]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", HOSTILE_STRINGS)
def test_hostile_text_adds_no_element_and_no_attribute(page, text):
    assert Page(page(text)).elements == Page(page(HARMLESS)).elements


@pytest.mark.parametrize("page", [overview_with, live_detail_with, ended_detail_with, problem_with])
@pytest.mark.parametrize("text", [text for text in HOSTILE_STRINGS if len(text) < 200])
def test_hostile_text_is_shown_as_it_is(page, text):
    assert text in Page(page(text)).text


@pytest.mark.parametrize("page", PAGES)
def test_page_has_only_what_cloudwatch_shows(page):
    shown = Page(page(HARMLESS))
    assert {kind for kind, _ in shown.elements} & FORBIDDEN == set()
    assert [name for name, _ in shown.attributes if name.startswith("on") or name in ("href", "src", "id")] == []
    assert [value for _, value in shown.attributes if "url(" in value or "javascript:" in value] == []


@pytest.mark.parametrize("page", PAGES)
def test_sanitizer_of_the_console_removes_no_element(page):
    """The sandbox's sanitizer permits less than AWS documents."""
    html = page(HARMLESS)
    assert [kind for kind, _ in Page(sanitize(html)).elements] == [kind for kind, _ in Page(html).elements]


def test_there_are_more_than_thirty_hostile_strings():
    assert len({*HOSTILE_STRINGS}) > 30
