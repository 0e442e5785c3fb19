"""The page of one rollout: the same three answers as its card first, then charts, and then every record."""

import shlex
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from rollout.dashboard.charts.draw import evidence_chart, metric_chart, share_chart
from rollout.dashboard.charts.presentation import Colours
from rollout.dashboard.detail import Detail
from rollout.dashboard.html.actions import Endpoints, call, command_buttons, reason_form, shown_form
from rollout.dashboard.html.detail_records import canary_logs, commands, evaluations, facts, hooks, unreadable
from rollout.dashboard.html.live_card import headline, live_card
from rollout.dashboard.html.overview_page import ENDING_TONES
from rollout.dashboard.html.style import PALETTES, page
from rollout.dashboard.html.times import format_time
from rollout.dashboard.html.tree import outside, render, tag
from rollout.domain.enums import Outcome
from rollout.domain.lambda_names import function_arn

_SERVES = {
    Outcome.PROMOTED: "version {canary} serves every call",
    Outcome.ROLLED_BACK: "version {stable} serves every call",
    Outcome.HANDED_OVER: "the alias was left as it was, for a person to decide",
    Outcome.ROLLBACK_FAILED: "the alias may be split between version {stable} and version {canary}",
    Outcome.REJECTED: "the alias was not touched",
}
"""What the alias served when the rollout ended."""


def detail_page(shown: Detail, endpoints: Endpoints, now: datetime) -> str:
    """Return the HTML of the detail."""
    return render(page(shown.request.screen.theme, *_content(shown, endpoints, now)))


def _content(shown: Detail, endpoints: Endpoints, now: datetime) -> Iterator[Element]:
    back = call("Overview", {"view": "overview", "page": shown.request.page}, endpoints)
    again = call("Refresh", shown.request.detail_fields(), endpoints)
    yield tag("div", *back, *again, class_="lr-bar")
    yield shown_form(shown.request.detail_fields())
    yield _live(shown, endpoints, now) if shown.live else ending_card(shown)
    yield from unreadable(shown)
    yield from _report(shown)
    yield from canary_logs(shown)
    yield charts(shown)
    yield from facts(shown)
    yield from commands(shown)
    yield from hooks(shown)
    yield from evaluations(shown, endpoints)


def _live(shown: Detail, endpoints: Endpoints, now: datetime) -> Element:
    live = shown.live
    if live is None:
        raise ValueError("the rollout has ended")
    buttons = command_buttons(live, endpoints, shown.request.page) if live.commands else None
    form = reason_form(shown.request.typed) if live.commands else None
    return live_card(live, shown.request.screen, now, form, buttons)


def ending_card(shown: Detail) -> Element:
    """Return the card of a rollout that has ended."""
    entry, outcome = shown.entry, shown.entry.ending or Outcome.REJECTED
    when = format_time(entry.ended_at, shown.request.screen.zone)
    serves = _SERVES[outcome].format(canary=entry.canary_version, stable=entry.stable_version)
    return tag(
        "div",
        headline(entry.alias.name, outcome.replace("_", " "), f"{entry.alias.account} · {entry.alias.region}"),
        tag("p", tag("b", "Serving: "), f"{serves}, since the rollout of version {entry.canary_version} ended {when}"),
        tag("p", tag("b", "Why: "), outside(entry.reason)),
        class_=f"lr-card {ENDING_TONES[outcome]}",
    )


def _report(shown: Detail) -> Iterator[Element]:
    """Yield the command that writes the report of a rollout that has ended."""
    entry = shown.entry
    if shown.live or not entry.execution_arn:
        return
    alias = f"{function_arn(entry.alias.account_region, entry.alias.function)}:{entry.alias.alias}"
    execution = shlex.quote(entry.execution_arn.rpartition(":")[2])
    command = f"make report ROLLOUT={shlex.quote(alias)} EXECUTION={execution}"
    yield tag("p", "A report to keep, from a clone of the repository: ", tag("code", command), class_="lr-faint")


def charts(shown: Detail) -> Element:
    """Return the charts of a rollout; nothing of it was evaluated where there are none."""
    palette, zone = PALETTES[shown.request.screen.theme], shown.request.screen.zone
    if not shown.total:
        return tag("p", "No evaluation yet, so there is no chart.", class_="lr-faint")
    versions = Colours(palette.text, palette.line, (palette.canary, palette.stable))
    limits = Colours(palette.text, palette.line, (palette.canary, palette.bad))
    drawn = [
        ("Canary's share of the calls", share_chart(shown.share, zone, versions)),
        ("Evidence against the canary (log scale)", evidence_chart(shown.evidence, shown.limit, zone, limits)),
    ]
    for lines in shown.metrics:
        name = f"{lines.metric} ({lines.mode}): % of the calls between two evaluations"
        drawn.append((name, metric_chart(lines, zone, versions)))
    figures = [tag("div", outside(name), chart) for name, chart in drawn]
    return tag("div", *figures, class_="lr-charts")
