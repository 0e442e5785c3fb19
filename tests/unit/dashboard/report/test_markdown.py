"""Tests of the Markdown of a report: a text from outside stays a text, also for GitHub."""

import re
from html import unescape

import pytest
from markdown_it import MarkdownIt

from rollout.dashboard.report.markdown import code, table
from tests.hostile_strings import HOSTILE_STRINGS

RENDERER = MarkdownIt("commonmark", {"html": True}).enable("table")
MORE = ["``", "`", "a`b``c", " ", "", "|", "\\|", "@everyone", "#1", "ends with \\", "```\nfence\n```", "a\u2028b"]


def shown(text: str) -> str:
    """Return a text as a reader compares it: on one line, without characters that are not printed."""
    return re.sub(r"\s+", " ", "".join(each if each.isprintable() else " " for each in text)).strip()


@pytest.mark.parametrize("text", [*HOSTILE_STRINGS, *MORE], ids=lambda text: text[:20])
def test_text_from_outside_is_one_piece_of_code(text):
    html = RENDERER.render(f"before {code(text, 10_000)} after")
    (inside,) = re.findall(r"^<p>before <code>(.*)</code> after</p>\n$", html, re.DOTALL)
    assert "<" not in inside
    assert shown(unescape(inside)) == shown(text)


@pytest.mark.parametrize("text", [*HOSTILE_STRINGS, *MORE], ids=lambda text: text[:20])
def test_text_from_outside_stays_in_its_cell(text):
    html = RENDERER.render("\n".join(table(["Metric", "Calls"], [[code(text), "7"]])))
    assert re.findall(r"<(\w+)", html) == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "code", "td"]


def test_long_text_is_cut():
    assert code("x" * 20, 10) == f"`{'x' * 10}…`"
