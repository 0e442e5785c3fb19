"""Tests of the report as a file: it needs nothing else, and shows every record."""

import re
from datetime import timedelta

import pytest

from rollout.dashboard.detail import EVALUATIONS_SHOWN
from rollout.dashboard.report.page import report_page
from tests.hostile_strings import HOSTILE_STRINGS
from tests.unit.dashboard.pages import NOW, Page, ended_entry, sample_records

LOADING = {
    "script",
    "link",
    "iframe",
    "object",
    "embed",
    "img",
    "image",
    "use",
    "video",
    "audio",
    "base",
    "form",
    "input",
}


def page(text: str = "as counted", evaluations: int = 3) -> str:
    records = sample_records(ended_entry(text), text, evaluations)
    return report_page(records, "Anna", NOW + timedelta(days=1))


def test_report_says_what_serves_and_why_and_when_it_was_written():
    shown = Page(page("errors went up")).text
    assert "Rollout of my-api:live, version 4" in shown
    assert "version 3 serves every call" in shown
    assert "errors went up" in shown
    assert "Written 2026-03-02 12:03 UTC from the ledger" in shown


def test_report_loads_nothing():
    """It opens without a network, and a browser would refuse to load anything else."""
    html = page()
    read = Page(html)
    assert {name for name, _ in read.elements} & LOADING == set()
    assert [value for name, value in read.attributes if name in ("src", "srcset", "xlink:href", "action", "data")] == []
    assert re.findall(r"url\(|@import|@font-face", html) == []
    links = [value for name, value in read.attributes if name == "href"]
    assert [link.split("/states/")[0] for link in links] == ["https://eu-west-1.console.aws.amazon.com"]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in read.attributes


def test_report_has_no_button():
    html = page()
    assert "cwdb-action" not in html
    assert "Overview" not in html


def test_every_evaluation_is_on_the_one_page():
    count = 2 * EVALUATIONS_SHOWN + 5
    html = page(evaluations=count)
    assert f"Evaluations ({count})" in html
    assert [html.count(f"<td>{number}</td>") >= 1 for number in (1, EVALUATIONS_SHOWN, count)] == [True] * 3


def test_charts_are_there_in_the_colours_of_both_themes():
    html = page()
    light, dark = html.split('<div class="lr-light">')[1].split('<div class="lr-dark">')
    assert light.count("<svg") == dark.count("<svg") > 0
    assert "@media screen and (prefers-color-scheme:dark)" in html
    assert "@media print" in html


@pytest.mark.parametrize("hostile", HOSTILE_STRINGS, ids=lambda text: text[:20])
def test_text_from_outside_is_never_markup(hostile):
    plain, attacked = Page(page("x")), Page(page(hostile))
    assert attacked.elements == plain.elements


def test_rollout_that_was_closed_before_it_began_has_a_report():
    entry = {"target": "1/r/my-api/live", "entry": "rollout#1", "outcome": "rejected", "reason": "stopped"}
    html = report_page(sample_records(entry, evaluations=0), "not known yet", NOW)
    assert "the alias was not touched" in html
    assert "version unknown" in html
