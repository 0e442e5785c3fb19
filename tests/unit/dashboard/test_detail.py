"""The detail shows every record of a rollout, live or ended."""

import pytest

from rollout.dashboard.detail import EVALUATIONS_SHOWN
from tests.unit.dashboard.pages import Page, detail_html, ended_entry, live_entry, logs, sample_detail


def test_live_rollout_shows_its_card_with_the_form_of_its_commands():
    page = Page(detail_html(sample_detail(live_entry())))
    assert "version 4 gets 50 %, if it stays healthy" in page.text
    assert ("name", "reason") in page.attributes
    assert ("name", "given_by") in page.attributes


def test_ended_rollout_says_what_serves_and_why_and_has_no_commands():
    page = Page(detail_html(sample_detail(ended_entry("errors went up"))))
    assert "version 3 serves every call" in page.text
    assert "errors went up" in page.text
    assert ("name", "reason") not in page.attributes


@pytest.mark.parametrize(
    "record",
    ["Anna", "3 of 180 rollouts", "each step", "pause", "10 %, 50 %, then 100 %", "Evaluations (3)", "1,000 of 120"],
)
def test_detail_shows_every_record(record):
    assert record in Page(detail_html(sample_detail(ended_entry(), "Anna"))).text


def test_time_of_publishing_is_shown_where_it_is_known():
    published = ended_entry(published_at="2026-03-01T11:58:00Z")
    assert "2026-03-01 11:58" in detail_html(sample_detail(published))
    assert "Published" not in detail_html(sample_detail(ended_entry()))


@pytest.mark.parametrize("stored", [logs("KeyError"), '{"sentence": "KeyError"}'])
def test_log_lines_of_the_canary_are_shown(stored):
    assert "KeyError" in detail_html(sample_detail(ended_entry(canary_logs=stored)))


@pytest.mark.parametrize("stored", [None, "", "{", {"findings": 3}])
def test_log_lines_that_cannot_be_read_are_left_out(stored):
    assert "What the canary logged" not in detail_html(sample_detail(ended_entry(canary_logs=stored)))


def test_evaluations_have_pages_with_the_newest_first():
    shown = sample_detail(ended_entry(), evaluations=EVALUATIONS_SHOWN + 5)
    assert (shown.evaluations[0].number, shown.pages) == (str(EVALUATIONS_SHOWN + 5), 2)
    earlier = sample_detail(ended_entry(), evaluations=EVALUATIONS_SHOWN + 5, page=3)
    assert "Earlier evaluations" in detail_html(earlier)


def test_rollout_without_evaluation_has_no_chart():
    html = detail_html(sample_detail(live_entry(), evaluations=0))
    assert "No evaluation yet" in html
    assert "<svg" not in html


def test_day_of_evaluations_is_a_page_below_200_kilobytes():
    assert len(detail_html(sample_detail(ended_entry(), "x" * 300, evaluations=1440)).encode()) < 200_000
