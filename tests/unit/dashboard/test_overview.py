"""The overview shows every rollout once, the most urgent first, and what its filters leave."""

import json

import pytest

from rollout.dashboard.entries import read_rollouts
from rollout.dashboard.html.actions import command_event
from rollout.dashboard.mark import Mark
from rollout.dashboard.overview import PAGE_SIZE, choose, overview
from rollout.domain.enums import Command
from rollout.state.dashboard.status import status_of
from tests.commands import gate, lock
from tests.samples import AT, EXECUTION, judgement, rollout
from tests.unit.dashboard.pages import (
    KEY,
    NOW,
    PARTITION,
    Page,
    ended_entry,
    held_of,
    live_entry,
    overview_html,
    queued_entry,
    request,
    sample_overview,
)


def others(count):
    return [
        live_entry(target=f"123456789012/eu-west-1/other-{number:03}/live", execution_arn=str(number))
        for number in range(count)
    ]


def test_rollout_that_waits_for_a_person_comes_first():
    shown = sample_overview([*others(3), live_entry()], lock=lock("freeze"))
    assert shown.live[0].target.function == "my-api"
    assert shown.counts == {Mark.SHIFTING: 3, Mark.FROZEN: 1}


def test_pages_show_every_rollout_once():
    entries = [*others(2 * PAGE_SIZE), live_entry(), queued_entry(target="1/eu-west-1/last/live")]
    pages = [sample_overview(entries, page=number) for number in (1, 2, 3)]
    names = [one.target.name for page in pages for one in (*page.live, *page.queued)]
    assert len(names) == len({*names}) == len(entries)
    assert [page.pages for page in pages] == [3, 3, 3]


def test_page_beyond_the_last_is_the_last():
    assert sample_overview([live_entry()], page=99).page == 1


@pytest.mark.parametrize(("function", "found"), [("MY-", 1), ("api:live", 1), ("other", 2), ("nothing", 0), ("", 3)])
def test_filter_by_name_ignores_case_and_leaves_the_counts(function, found):
    shown = sample_overview([live_entry(), *others(2)], function=function)
    assert (shown.found, sum(shown.counts.values())) == (found, 3)


def test_filter_by_state_leaves_that_state_and_no_ending():
    shown = sample_overview([live_entry(), *others(2)], [ended_entry(execution_arn="ended")], state="shifting")
    assert [one.mark for one in shown.live] == [Mark.SHIFTING] * 3
    assert shown.endings == ()
    assert sample_overview([live_entry()], state="frozen").live == ()


def test_fields_of_the_form_come_before_those_of_the_action():
    context = {"forms": {"all": {"filter_function": "other", "filter_state": ""}}, "params": {"state": "frozen"}}
    shown = sample_overview([live_entry(), *others(2)], function="my-api", widgetContext=context)
    assert (shown.request.function, shown.request.state, shown.found) == ("other", None, 2)


def test_entry_that_cannot_be_read_hides_no_other():
    broken = live_entry(target="123456789012/eu-west-1/other/live", execution_arn="other", started_at="yesterday")
    shown = sample_overview([live_entry(), broken])
    assert [one.target.function for one in shown.live] == ["my-api", "other"]
    page = Page(overview_html(shown.model_copy(update={"unreadable": ("1/eu-west-1/broken/live/lock",)})))
    assert "1 entries of the ledger cannot be read: 1/eu-west-1/broken/live/lock" in page.text


def test_lock_without_entry_is_a_rollout_that_begins():
    (shown,) = overview(choose(request(), [held_of(live_entry())], []), [], NOW).live
    assert (shown.mark, shown.canary_percent, shown.key) == (Mark.SHIFTING, 10, "")


def test_rollout_that_has_just_ended_is_marked_as_ending():
    chosen = choose(request(), [held_of(live_entry())], read_rollouts([ended_entry()]))
    assert chosen.counts == {Mark.ENDING: 1}


def test_share_is_that_of_the_newest_write():
    (shown,) = sample_overview([live_entry(status_document="")]).live
    assert (shown.canary_percent, shown.verdict) == (10, None)


def test_rollout_held_by_a_freeze_of_the_stack_is_marked():
    held = status_of(rollout(judgement=judgement(), execution=EXECUTION, held_since=AT), NOW)
    page = Page(overview_html(sample_overview([live_entry(status_document=held.model_dump_json())])))
    assert "shifting, held by a freeze or a window" in page.text
    assert "it keeps this share, because the stack is frozen or the policy's windows are closed" in page.text


def test_button_sends_the_command_with_its_function_in_any_account():
    (shown,) = sample_overview([live_entry()]).live
    assert command_event(shown, Command.PAUSE, 2) == {
        "function": "arn:aws:lambda:eu-west-1:123456789012:function:my-api",
        "alias": "live",
        "version": "4",
        "command": "pause",
        "page": 2,
    }


@pytest.mark.parametrize(("kind", "command"), [("approval", Command.APPROVE), ("pause", Command.RESUME)])
def test_button_at_a_gate_names_its_step(kind, command):
    (shown,) = sample_overview([live_entry()], lock=lock(gate=gate(kind))).live
    assert command in shown.commands
    assert command_event(shown, command, 1)["step"] == 1
    assert "step" not in command_event(shown, Command.ABORT, 1)


def test_each_command_has_a_confirmation_and_opens_as_popup():
    page = Page(overview_html(sample_overview([live_entry()])))
    confirmations = [value for name, value in page.attributes if name == "confirmation"]
    assert confirmations[-1].startswith("Abort: my-api:live is rolled back to version 3 at once")
    assert len(confirmations) == page.attributes.count(("display", "popup")) == 4


def test_details_are_requested_by_the_key_of_the_entry():
    html = overview_html(sample_overview([live_entry()]))
    wanted = {"view": "detail", "rollout": {"target": PARTITION, "entry": KEY}, "page": 1}
    assert json.dumps(wanted) in Page(html).text


def test_page_without_rollouts_says_so():
    shown = sample_overview([], [ended_entry()])
    assert "No rollout is live now" in overview_html(shown)
