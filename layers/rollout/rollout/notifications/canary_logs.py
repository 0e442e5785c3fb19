"""Formats what the canary's log says, for the text of a notification."""

from collections.abc import Iterator

from rollout.state.canary_logs import CanaryLogs, LogFinding

_MOST_SHOWN = 3
"""A chat shows 3,000 characters of a notification; the ledger and the event have the others."""


def format_logs(logs: CanaryLogs | None) -> list[str]:
    """Return the lines of a notification: the result, each error with its first sample, and what was read."""
    if logs is None:
        return []
    shown = logs.findings[:_MOST_SHOWN]
    found = [line for finding in shown for line in _format_finding(finding)]
    left = len(logs.findings) - len(shown) + logs.further
    further = [f"- and {left:,} more"] if left else []
    scope = [f"(The query {logs.scope}.)"] if logs.scope else []
    return [f"The canary's log: {logs.sentence}.", *found, *further, *scope]


def _format_finding(finding: LogFinding) -> Iterator[str]:
    yield f"- {finding.title}"
    yield f"  {finding.sentence}"
    for sample in finding.samples[:1]:
        request = f", request {sample.request_id}" if sample.request_id else ""
        line = "" if sample.line == finding.title else f": {sample.line}"
        yield f"  {sample.at:%Y-%m-%dT%H:%M:%SZ}{request}{line}"
