"""The sentences on what the logs of two versions say, each with its numbers."""

from collections.abc import Sequence
from datetime import datetime

from rollout.domain.enums import LogChange
from rollout.domain.text import format_names
from rollout.log_findings.compare import Compared
from rollout.log_findings.lines import VersionLines


def format_finding(compared: Compared, canary: VersionLines, stable: VersionLines) -> str:
    """Return how often both versions log an error, such as `new: 41 lines in 1,203 calls of version 4, …`."""
    group, change = compared
    ours = _format_count(len(group.canary), canary)
    match change:
        case LogChange.NEW:
            return f"new: {ours}, none in {_format_calls(stable)}{_format_doubt(stable)}"
        case LogChange.MORE_FREQUENT:
            return f"more frequent: {ours}, {_format_count(group.stable, stable)}"
    if stable.note:
        return f"not compared: {ours}; the log of version {stable.version} was not read"
    if stable.calls == 0:
        return f"not compared: {ours}; version {stable.version} had no calls in these minutes"
    return f"not compared by call, because the calls are not known: {ours}, {_format_count(group.stable, stable)}"


def format_result(compared: Sequence[Compared], canary: VersionLines, stable: VersionLines) -> str:
    """Return the result in one sentence."""
    if not canary.lines:
        return f"the log of version {canary.version} has no error line in these minutes"
    counts = {change: sum(each.change is change for each in compared) for change in LogChange}
    parts = [
        f"{_count(counts[change], 'error')} {text}"
        for change, text in (
            (LogChange.NEW, f"that version {stable.version} does not log"),
            (LogChange.MORE_FREQUENT, f"more often than version {stable.version}"),
            (LogChange.NOT_COMPARED, f"that could not be compared with version {stable.version}"),
        )
        if counts[change]
    ]
    if not parts:
        return f"version {canary.version} logs no error that version {stable.version} does not log as often"
    return f"version {canary.version} logs {' and '.join(parts)}"


def format_scope(canary: VersionLines, stable: VersionLines) -> str:
    """Return which lines were read, of which minutes, and whether all of them."""
    parts = [f"read {_format_read(canary)}"]
    is_same = (stable.since, stable.until) == (canary.since, canary.until)
    parts.append(
        f"the log of version {stable.version} was not read: {stable.note}"
        if stable.note
        else f"{_format_read(stable)}{'' if is_same else f', from {_time(stable.since)} to {_time(stable.until)}'}"
    )
    minutes = f"from {_time(canary.since)} to {_time(canary.until)}; lines of the last seconds may be missing"
    return f"{'; '.join(parts)}; in {format_names(canary.log_groups)} {minutes}"


def _format_read(lines: VersionLines) -> str:
    read = len(lines.lines)
    if lines.is_cut_off:
        return f"the first {read:,} of {lines.matched:,} error lines of version {lines.version}"
    all_of_them = f"all {read:,} error lines" if read > 1 else ("the only error line" if read else "no error line")
    return f"{all_of_them} of version {lines.version}"


def _format_count(lines: int, of: VersionLines) -> str:
    """Return such as `41 lines in 1,203 calls of version 4 (3.4 per 100 calls)`."""
    least = "at least " if of.is_cut_off else ""
    count = f"{least}{_count(lines, 'line')} in {_format_calls(of)}"
    return f"{count} ({least}{_rate(100 * lines / of.calls)} per 100 calls)" if of.calls else count


def _rate(per_hundred: float) -> str:
    return f"{per_hundred:.2g}" if per_hundred < 10 else f"{per_hundred:,.0f}"  # noqa: PLR2004 - .2g writes 1e+02


def _format_calls(of: VersionLines) -> str:
    calls = f"{_count(of.calls, 'call')}" if of.calls else "an unknown number of calls"
    return f"{calls} of version {of.version}"


def _format_doubt(stable: VersionLines) -> str:
    return (
        f", whose first {len(stable.lines):,} of {stable.matched:,} error lines were read" if stable.is_cut_off else ""
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
