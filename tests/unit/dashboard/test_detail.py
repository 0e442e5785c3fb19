"""The detail shows every record of a rollout, live or ended."""

import pytest
from pydantic import ValidationError

from rollout.dashboard.detail import EVALUATIONS_SHOWN, detail
from tests.unit.dashboard.pages import (
    Page,
    detail_html,
    ended_entry,
    live_entry,
    logs,
    request,
    sample_detail,
    sample_records,
)


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


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"reason": b"\xff\xfe"}, "reason is "),
        ({"policy": b"\xff", "started_by": [1]}, "started_by is [1]"),
        ({"canary_logs": {"findings": 3}}, "canary_logs"),
        ({"began_at": "no time", "published_at": b"\xff"}, "cannot be read: began_at, published_at."),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_shown(changes, named):
    """P5: a blank is no value."""
    page = Page(detail_html(sample_detail(ended_entry(**changes)))).text
    assert "Not shown, because the ledger has it in a form that cannot be read: " in page
    assert named in page
    assert "version 3 serves every call" in page
    assert "Evaluations (3)" in page


def test_evaluations_that_cannot_be_read_are_counted():
    records = sample_records(ended_entry(), "as counted", 3)
    broken = records.model_copy(update={"evaluations": [*records.evaluations, {"entry": "evaluation#4"}]})
    assert detail(request(), broken, "Anna").unreadable.endswith("cannot be read: 1 of 4 evaluations.")


def test_page_of_what_can_be_read_names_nothing():
    assert "Not shown" not in detail_html(sample_detail(ended_entry()))


@pytest.mark.parametrize("name", ["target", "entry", "outcome"])
def test_entry_is_refused_without_its_key_or_its_outcome(name):
    """A rollout whose ending is not known must not look like a live one."""
    with pytest.raises(ValidationError):
        sample_detail(ended_entry(**{name: [1]}))


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
