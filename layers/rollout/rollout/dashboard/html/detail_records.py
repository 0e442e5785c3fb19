"""The records of one rollout: its facts, commands, hooks, log lines and evaluations."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from rollout.dashboard.detail import Detail
from rollout.dashboard.html.actions import Endpoints, call
from rollout.dashboard.html.live_card import VERDICTS
from rollout.dashboard.html.times import format_short, format_time
from rollout.dashboard.html.tree import Child, outside, tag
from rollout.domain.text import format_evidence, shorten

_LONGEST_POLICY = 4000


def unreadable(shown: Detail) -> Iterator[Element]:
    """Yield what the ledger has of the rollout and cannot be read."""
    if shown.unreadable:
        yield tag("p", outside(shown.unreadable), class_="lr-word lr-bad")


def facts(shown: Detail) -> Iterator[Element]:
    """Yield who started the rollout, when, by which policy, and what raised its evidence limit."""
    entry, zone = shown.entry, shown.request.screen.zone
    rows: list[tuple[str, Child]] = [
        ("Versions", f"{entry.canary_version} (canary) over {entry.stable_version} (stable)"),
        ("Started by", outside(shown.started_by)),
        ("Started", format_time(entry.started_at, zone)),
        ("Ended", format_time(entry.ended_at, zone) if entry.ended_at else "not yet"),
        ("Plan", shown.plan or "not known"),
        ("Policy from", outside(entry.policy_source or "not known")),
        ("Execution", outside(entry.execution_arn or "not known")),
    ]
    if entry.published_at:
        rows.append(("Published", format_time(entry.published_at, zone)))
    if entry.override_freeze:
        rows.append(("Overrides freezes", outside(entry.override_freeze)))
    if shown.calibration:
        raised = f"raised {shown.calibration.factor:.3g} times because {shown.calibration.format_cause()}"
        rows.append(("Evidence limit", outside(raised)))
    yield tag("h3", "Facts")
    yield _table([(tag("b", name), value) for name, value in rows])
    yield tag("details", tag("summary", "Policy"), tag("p", outside(shorten(entry.policy, _LONGEST_POLICY))))


def commands(shown: Detail) -> Iterator[Element]:
    """Yield the commands with who gave them and why."""
    if not shown.commands:
        return
    zone = shown.request.screen.zone
    rows: list[tuple[Child, ...]] = [
        (format_short(one.at, zone), one.command, outside(one.giver or "not known yet"), outside(one.why))
        for one in shown.commands
    ]
    yield tag("h3", "Commands")
    yield _table(rows, (f"When ({zone})", "Command", "Who", "Why"))


def hooks(shown: Detail) -> Iterator[Element]:
    """Yield what each hook answered."""
    if not shown.hooks:
        return
    rows: list[tuple[Child, ...]] = [
        (one.point.replace("_", " "), str(one.step), outside(one.function), str(one.result), outside(one.answer))
        for one in shown.hooks
    ]
    yield tag("h3", "Hooks")
    yield _table(rows, ("Point", "After step", "Function", "Result", "Answer"))


def canary_logs(shown: Detail) -> Iterator[Element]:
    """Yield what the canary's own log lines say about a rollback."""
    logs = shown.logs
    if logs is None:
        return
    yield tag("h3", "What the canary logged")
    yield tag("p", outside(logs.sentence))
    for finding in logs.findings:
        samples = [
            tag("p", f"{format_time(one.at, shown.request.screen.zone)} ", outside(f"{one.request_id} {one.line}"))
            for one in finding.samples
        ]
        title = tag("summary", tag("b", outside(finding.title)), ": ", outside(finding.sentence))
        yield tag("details", title, *samples, open="open")
    if logs.further:
        yield tag("p", f"and {logs.further:,} more errors")
    yield tag("p", outside(logs.scope), class_="lr-faint")


def evaluations(shown: Detail, endpoints: Endpoints) -> Iterator[Element]:
    """Yield the evaluations of a page, and the buttons of the other pages."""
    yield from evaluation_table(shown)
    yield from _pages(shown, endpoints)


def evaluation_table(shown: Detail) -> Iterator[Element]:
    """Yield the evaluations with their sentences, the newest first."""
    yield tag("h3", f"Evaluations ({shown.total:,})")
    zone = shown.request.screen.zone
    rows: list[tuple[Child, ...]] = [
        (
            one.number,
            format_short(one.at, zone),
            f"{one.percent:g} %",
            tag("span", str(one.verdict), class_=f"lr-word {VERDICTS[one.verdict]}"),
            f"{format_evidence(one.evidence)} of {format_evidence(one.evidence_limit)}",
            outside(one.reason),
        )
        for one in shown.evaluations
    ]
    yield _table(rows, ("#", f"When ({zone})", "Share", "Verdict", "Evidence", "Sentence"))


def _pages(shown: Detail, endpoints: Endpoints) -> Iterator[Element]:
    if shown.pages == 1:
        return
    links = [tag("span", f"Page {shown.page} of {shown.pages}")]
    for label, number in (("Later evaluations", shown.page - 1), ("Earlier evaluations", shown.page + 1)):
        if 1 <= number <= shown.pages:
            links += call(label, shown.request.detail_fields(number), endpoints)
    yield tag("div", *links, class_="lr-bar")


def _table(rows: list[tuple[Child, ...]], heads: tuple[str, ...] = ()) -> Element:
    lines = [tag("tr", *(tag("th", head) for head in heads))] if heads else []
    lines += [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    return tag("div", tag("table", tag("tbody", *lines)), class_="lr-scroll")
