"""The summary of an ended rollout in Markdown, for a pull request."""

from collections.abc import Iterator

from rollout.dashboard.detail import LedgerRecords, detail
from rollout.dashboard.entries import RolloutEntry
from rollout.dashboard.evaluations import Evaluation, read_evaluations
from rollout.dashboard.event import WidgetRequest
from rollout.dashboard.report.markdown import code, table
from rollout.dashboard.report.shares import format_shares
from rollout.domain.counts import format_rate
from rollout.domain.durations import format_rounded_duration
from rollout.domain.enums import Outcome
from rollout.domain.text import format_evidence, format_minute
from rollout.notifications.message import console_url
from rollout.state.canary_logs import CanaryLogs

_HEADINGS: dict[Outcome | None, str] = {
    Outcome.PROMOTED: "✅ {name} serves version {canary} alone",
    Outcome.ROLLED_BACK: "❌ {name} serves version {stable} again: version {canary} was rolled back",
    Outcome.HANDED_OVER: "⚠️ {name} was handed over: a person decides about version {canary}",
    Outcome.ROLLBACK_FAILED: "🚨 {name} may be split: version {canary} could not be rolled back",
    Outcome.REJECTED: "⛔ {name} was not touched: version {canary} was rejected",
}
_RUNNING = "⏳ {name} is still rolling out version {canary}"
_LONGEST_REASON = 3900


def summary(records: LedgerRecords) -> str:
    """Return the summary: how the rollout ended and why, both versions' numbers, and the link to the execution.

    Raises ValidationError where the outcome of the rollout cannot be read.
    """
    shown = detail(WidgetRequest(), records, "")
    entry, evaluations = shown.entry, read_evaluations(records.evaluations)
    heading = _HEADINGS.get(entry.ending, _RUNNING).format(
        name=code(entry.alias.name), canary=entry.canary_version or "?", stable=entry.stable_version or "?"
    )
    lines = [f"### {heading}", "", code(entry.reason or "no reason is recorded", _LONGEST_REASON), ""]
    lines += [f"⚠️ {code(shown.unreadable, _LONGEST_REASON)}", ""] if shown.unreadable else []
    lines += [f"- {fact}" for fact in _facts(entry, evaluations)]
    for command in shown.commands:
        at = f"{format_minute(command.at)} " if command.at else ""
        giver = code(command.giver or "CloudTrail does not name it yet")
        lines.append(f"- **Command:** {at}{code(command.command)} by {giver}: {code(command.why)}")
    for part in (_metrics(entry, evaluations), _log_lines(shown.logs)):
        lines += ["", *part] if part else []
    return "\n".join(lines) + "\n"


def _facts(entry: RolloutEntry, evaluations: tuple[Evaluation, ...]) -> Iterator[str]:
    yield f"**Outcome:** {entry.outcome.replace('_', ' ')}"
    yield f"**Versions:** canary {entry.canary_version or 'not known'}, stable {entry.stable_version or 'not known'}"
    began = entry.started_at or entry.began_at
    if began and entry.ended_at:
        duration = format_rounded_duration((entry.ended_at - began).total_seconds())
        yield f"**Duration:** {duration}, until {format_minute(entry.ended_at)}"
    yield f"**Shares:** {format_shares(entry.began_at, evaluations)}"
    yield f"**Evaluations:** {_format_evaluations(evaluations)}"
    if entry.execution_arn:
        yield f"**Execution:** {_link(entry.execution_arn)}"


def _format_evaluations(evaluations: tuple[Evaluation, ...]) -> str:
    if not evaluations:
        return "none"
    last = evaluations[-1]
    evidence = f"evidence {format_evidence(last.evidence)} against a limit of {last.evidence_limit:,.6g}"
    return f"{len(evaluations):,}, the last one {last.verdict}: {evidence}"


def _link(execution_arn: str) -> str:
    name, url = code(execution_arn.rpartition(":")[2]), console_url(execution_arn)
    address = url.replace("(", "%28").replace(")", "%29")  # the name of an execution may have them, and end the link
    return f"[{name}]({address})" if url.startswith("https://") else code(url)


def _metrics(entry: RolloutEntry, evaluations: tuple[Evaluation, ...]) -> list[str]:
    """Return both versions' numbers of each metric, as the last evaluation counted them."""
    findings = evaluations[-1].findings if evaluations else ()
    if not findings:
        return []
    heads = ["Metric", f"Canary, version {entry.canary_version}", f"Stable, version {entry.stable_version}"]
    rows = [[f"{code(one.metric)}, {one.mode}", format_rate(one.canary), format_rate(one.stable)] for one in findings]
    return table(heads, rows)


def _log_lines(logs: CanaryLogs | None) -> list[str]:
    """Return the errors that are new or more frequent in the canary's log, each with one sample."""
    if not logs or not logs.findings:
        return []
    lines = [f"**In the canary's log:** {code(logs.sentence)}", ""]
    for finding in logs.findings:
        line = next((sample.line for sample in finding.samples if sample.line != finding.title), "")
        sample = f"; for example {code(line)}" if line else ""
        lines.append(f"- {code(finding.title)}: {code(finding.sentence)}{sample}")
    return lines
