"""The query of CloudWatch Logs Insights that counts lines by version and period; it takes a moment, as on AWS.

MiniStack ignores the filters that it does not know, and knows no stats: it would answer any such query with every line.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus

from ministack.core import responses
from ministack.services import cloudwatch_logs

from sandbox.emulator.seams import Answer, Record, extends

TEXT = r"""(?:"[^"\\#]*"|'[^'\\#]*')"""
STREAMS = (
    rf"filter (?P<streams>strcontains\(@logStream, {TEXT}\)(?: or strcontains\(@logStream, {TEXT}\))*"
    rf"|@logStream in \[{TEXT}(?:, {TEXT})*\])"
)
_QUERY = re.compile(
    STREAMS + r' \| parse @logStream "\[\*\]" as version'
    rf" \| stats count\(\*\) as written, sum\(strcontains\((?P<field>@message|level), (?P<text>{TEXT})\)\) as matching"
    r" by version, bin\((?P<period>\d+)s\) as minute"
)
_VERSION = re.compile(r"\[(.*?)\]")
_asked: set[str] = set()


@extends(cloudwatch_logs, "_start_query")
def _start_query(original: Callable[..., Answer], data: Record) -> Answer:
    status, headers, body = original(data)
    text = data["queryString"]
    if status != HTTPStatus.OK or "stats" not in text:
        return status, headers, body
    if not (query := _QUERY.fullmatch(text)):
        return refused(text)
    record = cloudwatch_logs._queries[json.loads(body)["queryId"]]
    record["results"] = [
        [{"field": field, "value": value} for field, value in row.items()] for row in _rows(query, data)
    ][: data.get("limit", 10_000)]
    return status, headers, body


def refused(text: str) -> Answer:
    """Return the answer to a query with commands that this emulator does not know."""
    answer: Answer = responses.error_response_json("MalformedQueryException", f"unexpected symbol in {text}", 400)
    return answer


@extends(cloudwatch_logs, "_get_query_results")
def _get_query_results(original: Callable[..., Answer], data: Record) -> Answer:
    """A query is still running when it is first asked for, without results."""
    status, headers, body = original(data)
    if status != HTTPStatus.OK or data["queryId"] in _asked:
        return status, headers, body
    _asked.add(data["queryId"])
    return status, headers, json.dumps(json.loads(body) | {"status": "Running", "results": []}).encode()


def _rows(query: re.Match[str], data: Record) -> Iterator[dict[str, str]]:
    written: Counter[tuple[str, int]] = Counter()
    matching: Counter[tuple[str, int]] = Counter()
    period, text = int(query["period"]), query["text"][1:-1]
    for stream, event in events_of(query, data):
        key = _VERSION.search(stream)[1], event["timestamp"] // 1000 // period * period  # type: ignore[index]
        written[key] += 1
        matching[key] += text in _field(event["message"], query["field"])
    for (version, start), lines in written.items():
        minute = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d %H:%M:%S.000")
        yield {
            "version": version,
            "minute": minute,
            "written": str(lines),
            "matching": str(matching[version, start]),
        }


def events_of(query: re.Match[str], data: Record) -> Iterator[tuple[str, Record]]:
    """Yield the events of the streams and the time that a query names, each with its stream's name."""
    parts = [part[1:-1] for part in re.findall(TEXT, query["streams"])]
    since, until = data["startTime"] * 1000, data["endTime"] * 1000 + 999
    for group in cloudwatch_logs._resolve_query_log_groups(data):
        for stream, content in list(cloudwatch_logs._log_groups[group]["streams"].items()):
            if any(part in stream for part in parts):
                yield from ((stream, event) for event in content["events"] if since <= event["timestamp"] <= until)


def _field(message: str, name: str) -> str:
    """Return a field of a line; empty where a line that is no JSON object has no such field."""
    if name == "@message":
        return message
    try:
        fields = json.loads(message)
    except ValueError:
        return ""
    return str(fields.get(name, "")) if isinstance(fields, dict) else ""
