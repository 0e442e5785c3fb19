"""The pages of ShowRollouts in a real browser: both themes, three widths, and texts from outside."""

from contextlib import ExitStack
from functools import partial

import pytest

from rollout.dashboard.event import read_widget_event
from sandbox.dashboard.opened_page import WIDGET, OpenedPage
from sandbox.dashboard.server import serving
from tests.browser.local_dashboard import local_dashboard
from tests.hostile_strings import HOSTILE_STRINGS
from tests.unit.dashboard.pages import (
    ENDPOINTS,
    detail_html,
    ended_entry,
    live_entry,
    logs,
    overview_html,
    queued_entry,
    sample_detail,
    sample_overview,
)

THEMES, WIDTHS = ("light", "dark"), (320, 768, 1600)
LEAST_CONTRAST = 4.5
_ENDPOINTS = "return [...document.querySelectorAll('cwdb-action')].map((one) => one.getAttribute('endpoint'))"
_CONTRASTS = """
const luminance = (colour) => {
  const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255);
  const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (one) => {
  const colour = getComputedStyle(one).backgroundColor;
  return colour === "rgba(0, 0, 0, 0)" ? behind(one.parentElement) : colour;
};
const hasText = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
return [...document.querySelectorAll(".content *")]
  .filter((one) => hasText(one) && one.checkVisibility() && !one.closest("svg"))
  .map((one) => {
    const [dark, light] = [getComputedStyle(one).color, behind(one)].map(luminance).sort((a, b) => a - b);
    return [(light + 0.05) / (dark + 0.05), one.textContent.slice(0, 40)];
  });
"""


def widget(text, event):
    """Answer as ShowRollouts does, with a text in every field that others write."""
    context = {"widgetContext": event["widgetContext"]}
    if read_widget_event(event).rollout is None:
        name = text.replace("/", "|")  # it separates the parts of the key
        target = f"123456789012/eu-west-1/{name}/live"
        live = [live_entry(text), live_entry(text, target=target), queued_entry(text, target=target)]
        return overview_html(sample_overview(live, [ended_entry(text, target=target)], **context))
    return detail_html(sample_detail(ended_entry(text, canary_logs=logs(text)), text, **context))


@pytest.fixture
def opened(browser):
    """Open the page of the rollouts in which this text stands."""
    with ExitStack() as servers:

        def opened(text="as counted", **settings):
            dashboard = local_dashboard(partial(widget, text), lambda _event: "taken")
            return OpenedPage(browser, servers.enter_context(serving(dashboard)), **settings)

        yield opened


def open_detail(page):
    page.click("Details")
    page.wait(lambda: "Why: " in page.text)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_and_can_be_read(opened, theme, width):
    """The contrast is that of WCAG 2.1, level AA."""
    page = opened("a reason " + "x" * 300, theme=theme, width=width)
    open_detail(page)
    for seen in (page, opened(theme=theme, width=width)):
        assert seen.overflow() == []
        contrasts = seen.script(_CONTRASTS)
        assert len(contrasts) > 10
        assert [found for found in contrasts if found[0] < LEAST_CONTRAST] == []
        assert seen.errors() == []


def test_share_bar_is_as_wide_as_the_shares(opened):
    page = opened()
    bar = ".lr-share[aria-label*='serves 90 %'][aria-label*='(canary) serves 10 %']"
    stable, canary = page.script(f'return [...document.querySelector("{bar}").children].map((one) => one.clientWidth)')
    assert stable / canary == pytest.approx(9, rel=0.02)


@pytest.mark.parametrize("width", [320, 768, 1200])
def test_charts_of_a_detail_are_equally_wide(opened, width):
    page = opened(width=width)
    open_detail(page)
    widths = [chart.size["width"] for chart in page.find_all(".content svg")]
    assert max(widths) - min(widths) < 1


def test_detail_draws_charts_and_stays_over_a_refresh(opened):
    page = opened()
    open_detail(page)
    drawn = page.find_all(".content svg")
    assert len(drawn) >= 3
    assert all(chart.size["height"] > 100 and chart.size["width"] > 200 for chart in drawn)
    page.wait_for_refresh()
    assert "Why: " in page.text
    page.click("Overview")
    page.wait(lambda: "Last endings" in page.text)


@pytest.fixture(scope="module", params=["overview", "detail"])
def show(request, browser):
    """Show a text in every field of a page, by a refresh of the page; return the page."""
    texts = ["as counted"]
    dashboard = local_dashboard(lambda event: widget(texts[-1], event), lambda _event: "taken")
    with serving(dashboard) as address:
        page = OpenedPage(browser, address)
        if request.param == "detail":
            open_detail(page)

        def show(text):
            texts.append(text)
            page.script("return refresh()")
            return page

        yield show


@pytest.mark.parametrize("text", [text for text in HOSTILE_STRINGS if len(text) < 1000])
def test_text_from_outside_is_text(show, text):
    """A script that ran would open a dialog, which ends the test."""
    page = show(text)
    shown = page.script(f"return document.querySelector('{WIDGET}').textContent")
    assert text.replace("\r\n", "\n") in shown  # a browser reads every line break as a line feed
    assert page.find_all(f"{WIDGET} :is(script, img, iframe, use, base, link, meta, math)") == []
    endpoints = page.script(_ENDPOINTS)
    assert {*endpoints} - {ENDPOINTS.show_rollouts, ENDPOINTS.take_command} == set()
    assert page.errors() == []
