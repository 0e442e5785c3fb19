"""The two queries of CloudWatch Logs Insights that this application sends: of counts, and of error lines.

A pattern is put between quotes that it does not contain, and the policy refuses the other characters that could end a
literal, so a pattern cannot add commands to the query.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rollout.domain.identity import Target
from rollout.judging.log_lines import LogRow
from rollout.log_findings.lines import QUERY_WORDS, LogLine
from rollout.policy.logs import Logs
from rollout.state.rollout import Rollout

LONGEST_LINE = 3_000
"""The characters that are read of a line; a stack trace of a usual length fits."""


def log_query(logs: Logs, rollout: Rollout, period_seconds: int) -> str:
    """Return the query that counts, by version and period, all lines and the matching ones."""
    field = "@message" if logs.pattern is not None else "level"
    text = _quote(logs.pattern or logs.level or "")
    versions = (rollout.canary_version, rollout.stable_version)
    return (
        f'filter {_streams(rollout.target, versions, rollout.log_group_names)} | parse @logStream "[*]" as version'
        f" | stats count(*) as written, sum(strcontains({field}, {text})) as matching"
        f" by version, bin({period_seconds}s) as minute"
    )


def error_query(target: Target, version: str, groups: Sequence[str]) -> str:
    """Return the query of a version's error lines, the first ones first, each cut after 3,000 characters."""
    return (
        f"filter {_streams(target, [version], groups)} | filter @message like /(?i)({QUERY_WORDS})/"
        f" | fields @timestamp, @logStream, substr(@message, 0, {LONGEST_LINE}) as line | sort @timestamp asc"
    )


def end_query(streams: Iterable[str]) -> str:
    """Return the query of the lines with which Lambda ends each call, in these streams."""
    names = ", ".join(map(_quote, streams))
    return (
        f"filter @logStream in [{names}] | filter @message like /^END RequestId/"
        " | fields @timestamp, @logStream, substr(@message, 0, 60) as line | sort @timestamp asc"
    )


def _quote(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def _streams(target: Target, versions: Sequence[str], groups: Sequence[str]) -> str:
    """Return the condition of the versions' log streams, by what their names contain.

    A stream is called DATE/FUNCTION[VERSION][ID] in a custom log group, which several functions can share, and
    DATE/[VERSION]ID in the function's own.
    """
    names = [f"/{target.function}[{version}]" for version in versions]
    if f"/aws/lambda/{target.function}" in groups:
        names += [f"/[{version}]" for version in versions]
    return " or ".join(f"strcontains(@logStream, {_quote(name)})" for name in names)


def read_rows(results: Sequence[Sequence[Mapping[str, str]]]) -> list[LogRow]:
    """Return the rows of the query's answer."""
    return [_row(_cells(result)) for result in results]


def read_lines(results: Sequence[Sequence[Mapping[str, str]]]) -> tuple[LogLine, ...]:
    """Return the lines of the answer to `error_query`."""
    return tuple(
        LogLine(_time(cells["@timestamp"]), cells["@logStream"], cells.get("line", ""))
        for cells in map(_cells, results)
    )


def _cells(result: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {cell["field"]: cell["value"] for cell in result}


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _row(cells: Mapping[str, str]) -> LogRow:
    return LogRow(
        version=cells["version"],
        start=_time(cells["minute"]),
        written=round(float(cells["written"])),
        matching=round(float(cells.get("matching") or 0)),  # no line of the period has the field
    )
