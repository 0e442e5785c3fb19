"""The report of an ended rollout as one HTML file: it refers to nothing outside itself, except for links to follow."""

from datetime import datetime

from rollout.dashboard.detail import Detail, LedgerRecords, detail
from rollout.dashboard.evaluations import read_evaluations
from rollout.dashboard.event import Screen, Theme, WidgetRequest
from rollout.dashboard.html.detail_page import charts, ending_card
from rollout.dashboard.html.detail_records import canary_logs, commands, evaluation_table, facts, hooks, unreadable
from rollout.dashboard.html.style import sheet
from rollout.dashboard.html.times import format_time
from rollout.dashboard.html.tree import Child, outside, render, tag
from rollout.notifications.message import console_url

_LAYOUT = """
body{margin:0 auto;max-width:1100px;padding:16px;background:#fff;font-family:system-ui,sans-serif}
.lr-dark{display:none}.lr-charts figure{max-width:520px}
@media screen and (prefers-color-scheme:dark){
body{background:#0f1b2a}.lr-light{display:none}.lr-dark{display:block}DARK}
@media print{body{max-width:none;padding:0}.lr-scroll{overflow:visible}
details::details-content{content-visibility:visible;block-size:auto}
.lr-charts,.lr-card,tr{break-inside:avoid}a{color:inherit}}
"""
"""The light theme, the dark one on a dark screen, and the light one on paper."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for the page: nothing but its own style."""


def report_page(records: LedgerRecords, started_by: str, now: datetime) -> str:
    """Return the HTML of the report. Raises ValidationError where the outcome cannot be read."""
    shown = detail(WidgetRequest(), records, started_by)
    every = shown.model_copy(update={"evaluations": read_evaluations(records.evaluations)[::-1]})
    entry = shown.entry
    title = f"Rollout of {entry.alias.name}, version {entry.canary_version or 'unknown'}"
    page = tag(
        "html",
        tag("head", *_head(title)),
        tag("body", tag("div", tag("h1", outside(title)), *_content(every, now), class_="lr")),
        lang="en",
    )
    return f"<!DOCTYPE html>\n{render([page])}\n"


def _head(title: str) -> list[Child]:
    dark = _LAYOUT.replace("DARK", sheet(Theme.DARK))
    return [
        tag("meta", charset="utf-8"),
        tag("meta", **{"http-equiv": "Content-Security-Policy", "content": _POLICY}),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", sheet(Theme.LIGHT) + dark),
    ]


def _content(shown: Detail, now: datetime) -> list[Child]:
    """Return the parts of the widget's page without its buttons, and the charts once for each theme."""
    zone = shown.request.screen.zone
    return [
        ending_card(shown),
        *unreadable(shown),
        *canary_logs(shown),
        tag("div", charts(_in(Theme.LIGHT, shown)), class_="lr-light"),
        tag("div", charts(_in(Theme.DARK, shown)), class_="lr-dark"),
        *facts(shown),
        _link(shown.entry.execution_arn),
        *commands(shown),
        *hooks(shown),
        *evaluation_table(shown),
        tag("p", f"Written {format_time(now, zone)} from the ledger of Lambda Rollouts.", class_="lr-faint"),
    ]


def _in(theme: Theme, shown: Detail) -> Detail:
    request = shown.request.model_copy(update={"screen": Screen(theme=theme)})
    return shown.model_copy(update={"request": request})


def _link(execution_arn: str) -> Child:
    """Return a link to the execution; None where its partition has no console that is known."""
    url = console_url(execution_arn) if execution_arn else ""
    if not url.startswith("https://"):
        return None
    return tag("p", tag("a", "The execution in the console", href=url), " (for 90 days after its end)")
