"""The one query of CloudWatch Logs Insights that this application sends.

A pattern is put between quotes that it does not contain, and the policy refuses the other characters that could end a
literal, so a pattern cannot add commands to the query.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from rollout.judging.log_lines import LogRow
from rollout.policy.logs import Logs
from rollout.state.rollout import Rollout


def log_query(logs: Logs, rollout: Rollout, period_seconds: int) -> str:
    """Return the query that counts, by version and period, all lines and the matching ones."""
    field = "@message" if logs.pattern is not None else "level"
    text = _quote(logs.pattern or logs.level or "")
    streams = " or ".join(f"strcontains(@logStream, {_quote(stream)})" for stream in _streams(rollout))
    return (
        f'filter {streams} | parse @logStream "[*]" as version'
        f" | stats count(*) as written, sum(strcontains({field}, {text})) as matching"
        f" by version, bin({period_seconds}s) as minute"
    )


def _quote(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


def _streams(rollout: Rollout) -> Sequence[str]:
    """Return what the names of both versions' log streams contain.

    A stream is called DATE/FUNCTION[VERSION][ID] in a custom log group, which several functions can share, and
    DATE/[VERSION]ID in the function's own.
    """
    versions = (rollout.canary_version, rollout.stable_version)
    named = [f"/{rollout.target.function}[{version}]" for version in versions]
    if f"/aws/lambda/{rollout.target.function}" not in rollout.log_group_names:
        return named
    return [*named, *(f"/[{version}]" for version in versions)]


def read_rows(results: Sequence[Sequence[Mapping[str, str]]]) -> list[LogRow]:
    """Return the rows of the query's answer."""
    return [_row({cell["field"]: cell["value"] for cell in result}) for result in results]


def _row(cells: Mapping[str, str]) -> LogRow:
    return LogRow(
        version=cells["version"],
        start=datetime.fromisoformat(cells["minute"]).replace(tzinfo=UTC),
        written=round(float(cells["written"])),
        matching=round(float(cells.get("matching") or 0)),  # no line of the period has the field
    )
