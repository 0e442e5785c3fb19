"""The page of the overview."""

from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from rollout.dashboard.html.actions import (
    Endpoints,
    call,
    command_buttons,
    detail_request,
    filter_form,
    overview_request,
    reason_form,
    shown_form,
)
from rollout.dashboard.html.live_card import headline, live_card, queued_card
from rollout.dashboard.html.style import page
from rollout.dashboard.html.times import format_time
from rollout.dashboard.html.tree import outside, render, tag
from rollout.dashboard.live import LiveRollout
from rollout.dashboard.next_event import is_waiting
from rollout.dashboard.overview import ENDINGS_READ, EndedRollout, Overview
from rollout.domain.enums import Outcome
from rollout.domain.text import shorten

ENDING_TONES = {
    Outcome.PROMOTED: "lr-good",
    Outcome.ROLLED_BACK: "lr-bad",
    Outcome.ROLLBACK_FAILED: "lr-bad",
    Outcome.HANDED_OVER: "lr-wait",
    Outcome.REJECTED: "lr-wait",
}
_LONGEST_REASON = 400


def overview_page(shown: Overview, endpoints: Endpoints, now: datetime) -> str:
    """Return the HTML of the overview."""
    return render(page(shown.request.screen.theme, *_content(shown, endpoints, now)))


def _content(shown: Overview, endpoints: Endpoints, now: datetime) -> Iterator[Element]:
    yield tag("p", tag("b", _format_counts(shown)))
    yield filter_form(shown.request, endpoints)
    yield shown_form(overview_request(shown.request, shown.page))
    yield from _problems(shown)
    if any(rollout.commands for rollout in shown.live):
        yield reason_form(shown.request.typed)
    cards = [_card(rollout, shown, endpoints, now) for rollout in shown.live]
    yield tag("div", *cards, *(queued_card(queued, now) for queued in shown.queued), class_="lr-cards")
    yield from _pages(shown, endpoints)
    yield from _endings(shown, endpoints)


def _format_counts(shown: Overview) -> str:
    counts = [f"{count:,} {mark}" for mark, count in sorted(shown.counts.items(), key=lambda one: one[0].urgency)]
    return f"Now: {', '.join(counts)}" if counts else "No rollout is live now"


def _problems(shown: Overview) -> Iterator[Element]:
    if shown.counts and not shown.found:
        yield tag("p", "No live rollout matches the filter.")
    if shown.unreadable:
        names = ", ".join(shown.unreadable[:3])
        yield tag("p", f"{len(shown.unreadable):,} entries of the ledger cannot be read: ", outside(names))


def _card(rollout: LiveRollout, shown: Overview, endpoints: Endpoints, now: datetime) -> Element:
    detail = detail_request(rollout.partition, rollout.key, shown.page)
    more = tag("div", *call("Details", detail, endpoints), class_="lr-bar") if rollout.key else None
    buttons = command_buttons(rollout, endpoints, shown.page) if rollout.commands else None
    is_open = "open" if is_waiting(rollout.mark) else None
    commands = tag("details", tag("summary", "Commands"), buttons, open=is_open) if buttons is not None else None
    return live_card(rollout, shown.request.screen, now, more, commands)


def _pages(shown: Overview, endpoints: Endpoints) -> Iterator[Element]:
    if shown.pages == 1:
        return
    links = [tag("span", f"Page {shown.page} of {shown.pages}, {shown.found:,} rollouts")]
    for label, number in (("Previous page", shown.page - 1), ("Next page", shown.page + 1)):
        if 1 <= number <= shown.pages:
            links += call(label, overview_request(shown.request, number), endpoints)
    yield tag("div", *links, class_="lr-bar")


def _endings(shown: Overview, endpoints: Endpoints) -> Iterator[Element]:
    if shown.request.state:
        return
    yield tag("h3", "Last endings")
    if not shown.endings:
        none = (
            f"None of the last {ENDINGS_READ} endings matches."
            if shown.request.function
            else "No rollout has ended yet."
        )
        yield tag("p", none, class_="lr-faint")
    yield tag("div", *(_ending(ended, shown, endpoints) for ended in shown.endings), class_="lr-cards")


def _ending(ended: EndedRollout, shown: Overview, endpoints: Endpoints) -> Element:
    when = format_time(ended.ended_at, shown.request.screen.zone)
    versions = f"version {ended.canary_version} over version {ended.stable_version}, {when}"
    detail = detail_request(ended.partition, ended.key, shown.page)
    return tag(
        "div",
        headline(ended.target.name, ended.outcome.replace("_", " "), versions),
        tag("p", outside(shorten(ended.reason, _LONGEST_REASON))),
        tag("div", *call("Details", detail, endpoints), class_="lr-bar"),
        class_=f"lr-card {ENDING_TONES[ended.outcome]}",
    )
