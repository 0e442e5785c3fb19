"""A refresh sends the widget's own parameters and its forms, and shows the page that the viewer sees."""

import json

import pytest

from rollout.dashboard.event import Typed, View, read_widget_event
from rollout.lifecycle.command_rules import Situation
from tests.commands import LOCKS
from tests.unit.dashboard.pages import KEY, PARTITION, Page, detail_html, live_entry, overview_html
from tests.unit.dashboard.pages import sample_detail as detail_of
from tests.unit.dashboard.pages import sample_overview as overview_of

DETAIL = {"view": "detail", "rollout": {"target": PARTITION, "entry": KEY}, "page": 2, "evaluations": 3}
TYPED = {"reason": 'the "database" is slow', "given_by": "<Anna>"}


def overview_with(event):
    return overview_html(overview_of([live_entry()], **event))


def detail_with(event):
    return detail_html(detail_of(live_entry(), **event))


def refresh(form, **params):
    return {**params, "widgetContext": {"params": params, "forms": {"all": form}}}


def hidden(html):
    """Return the value of the hidden field, which the console sends with the next call."""
    attributes = Page(html).attributes
    return attributes[attributes.index(("name", "shown")) + 1][1]


def test_refresh_of_a_detail_shows_the_detail_again():
    shown = detail_of(live_entry(), page=2, evaluations=1)
    again = read_widget_event(refresh({"shown": hidden(detail_html(shown))}))
    assert again.detail_fields() == shown.request.detail_fields()
    assert (again.view, again.page) == (View.DETAIL, 2)


def test_refresh_of_a_later_page_shows_that_page_with_its_filters():
    entries = [live_entry(target=f"123456789012/eu-west-1/my-api-{number}/live") for number in range(30)]
    page = overview_html(overview_of(entries, page=2, function="api"))
    again = read_widget_event(refresh({"shown": hidden(page), "filter_function": "other", "filter_state": ""}))
    assert (again.view, again.page, again.function, again.state) == (View.OVERVIEW, 2, "other", None)


def test_action_comes_before_what_was_shown():
    event = refresh({"shown": json.dumps(DETAIL)}) | {"view": "overview", "page": 4}
    request = read_widget_event(event)
    assert (request.view, request.page, request.rollout) == (View.OVERVIEW, 4, None)


def test_parameters_of_the_widget_stay_in_force():
    assert read_widget_event(refresh({"shown": json.dumps(DETAIL)}, function="shop")).function == "shop"


@pytest.mark.parametrize("value", ["", "x", "[1]", "1", "[" * 100_000, None, 5, {"view": "detail"}])
def test_hidden_field_that_cannot_be_read_shows_the_overview(value):
    assert read_widget_event(refresh({"shown": value})).view is View.OVERVIEW


@pytest.mark.parametrize("html_of", [overview_with, detail_with])
def test_refresh_keeps_what_was_typed(html_of):
    values = [value for name, value in Page(html_of(refresh(TYPED))).attributes if name == "value"]
    assert {*TYPED.values()} <= {*values}


def test_typed_values_that_are_no_text_are_left_out():
    assert read_widget_event(refresh({"reason": 5, "given_by": ["x"]})).typed == Typed()


@pytest.mark.parametrize(("situation", "is_open"), [(Situation.AWAITING_APPROVAL, True), (Situation.SHIFTING, False)])
def test_commands_are_open_where_a_rollout_waits_for_a_person(situation, is_open):
    elements = Page(overview_html(overview_of([live_entry()], lock=LOCKS[situation]))).elements
    assert (("details", ("open",)) in elements) == is_open
