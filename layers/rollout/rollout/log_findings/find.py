"""Finds what the canary logs and stable does not, and says how much of the log was read."""

from collections.abc import Sequence

from rollout.log_findings.compare import Compared, Occurrence
from rollout.log_findings.lines import LogLine, VersionLines
from rollout.log_findings.wording import format_finding, format_result, format_scope
from rollout.state.canary_logs import (
    LONGEST_LINE,
    MOST_FINDINGS,
    MOST_SAMPLES,
    CanaryLogs,
    LogFinding,
    LogSample,
    unread,
)

_LONGEST_ID = 36
"""The length of a request id; what is longer is none."""


def find_in_logs(compared: Sequence[Compared], canary: VersionLines, stable: VersionLines) -> CanaryLogs:
    """Return what a comparison of both logs shows: what the canary logs and stable does not, or less often.

    The comparison takes up to half a second, so its result is passed from function to function.
    """
    if canary.note:
        return unread(canary.version, canary.note)
    return CanaryLogs(
        sentence=format_result(compared, canary, stable),
        scope=format_scope(canary, stable),
        findings=tuple(_finding(each, canary, stable) for each in compared[:MOST_FINDINGS]),
        further=max(len(compared) - MOST_FINDINGS, 0),
    )


def samples_without_request(compared: Sequence[Compared]) -> list[LogLine]:
    """Return the lines that the result shows and that name no request."""
    shown = compared[:MOST_FINDINGS]
    return [line for each in shown for line, error in _samples(each.group.canary) if not error.request_id]


def _finding(compared: Compared, canary: VersionLines, stable: VersionLines) -> LogFinding:
    group = compared.group
    return LogFinding(
        change=compared.change,
        signature=_cut(group.signature),
        canary_lines=len(group.canary),
        stable_lines=group.stable,
        sentence=format_finding(compared, canary, stable),
        samples=tuple(map(_sample, _samples(group.canary))),
    )


def _samples(occurrences: Sequence[Occurrence]) -> Sequence[Occurrence]:
    """Return the first lines of different requests, and then further ones."""
    firsts = {_request_id(each) or each.line: each for each in reversed(occurrences)}
    return [*reversed(firsts.values())][:MOST_SAMPLES]


def _sample(occurrence: Occurrence) -> LogSample:
    line, error = occurrence
    return LogSample(at=line.at, request_id=_request_id(occurrence)[:_LONGEST_ID], line=_cut(error.format()))


def _request_id(occurrence: Occurrence) -> str:
    return occurrence.error.request_id or occurrence.line.request_id


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"
