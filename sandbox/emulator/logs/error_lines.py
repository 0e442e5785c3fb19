"""The queries of CloudWatch Logs Insights that return lines: of a version with a word for an error, or of some streams.

MiniStack knows no `substr`, ignores the filters that it does not know, and would answer with every line.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus

from ministack.services import cloudwatch_logs

from sandbox.emulator.logs.insights import STREAMS, events_of, refused
from sandbox.emulator.seams import Answer, Record, extends

_QUERY = re.compile(
    STREAMS + r" \| filter @message like /(?P<words>[^/]+)/"
    r" \| fields @timestamp, @logStream, substr\(@message, 0, (?P<length>\d+)\) as line \| sort @timestamp asc"
)


@extends(cloudwatch_logs, "_start_query")
def _start_query(original: Callable[..., Answer], data: Record) -> Answer:
    status, headers, body = original(data)
    text = data["queryString"]
    if status != HTTPStatus.OK or " | fields " not in text:
        return status, headers, body
    if not (query := _QUERY.fullmatch(text)):
        return refused(text)
    record = cloudwatch_logs._queries[json.loads(body)["queryId"]]
    rows = sorted(_rows(query, data), key=lambda row: row["@timestamp"])
    record["results"] = [
        [{"field": field, "value": value} for field, value in row.items()] for row in rows[: data.get("limit", 10_000)]
    ]
    record["statistics"] = record["statistics"] | {"recordsMatched": float(len(rows))}
    return status, headers, body


def _rows(query: re.Match[str], data: Record) -> Iterator[dict[str, str]]:
    words, length = re.compile(query["words"]), int(query["length"])
    for stream, event in events_of(query, data):
        if words.search(event["message"]):
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(" ", "milliseconds")
            yield {"@timestamp": at.removesuffix("+00:00"), "@logStream": stream, "line": event["message"][:length]}
