"""Finds the request of a line that names none, such as Lambda's own report of an exception of a Python function."""

import re
from collections.abc import Iterable, Sequence

from rollout.log_findings.lines import LogLine, VersionLines

_END = re.compile(r"END RequestId: ([0-9a-f-]{36})")


def name_requests(read: VersionLines, ends: Iterable[LogLine]) -> VersionLines:
    """Return the lines with their requests, by the line with which Lambda ends each call.

    An environment serves one call at a time, so the next end in a line's stream is that of its own call.
    """
    by_stream: dict[str, list[tuple[LogLine, str]]] = {}
    for end in sorted(ends):
        if found := _END.match(end.text):
            by_stream.setdefault(end.stream, []).append((end, found[1]))
    return read.model_copy(update={"lines": tuple(_named(line, by_stream.get(line.stream, ())) for line in read.lines)})


def _named(line: LogLine, ends: Sequence[tuple[LogLine, str]]) -> LogLine:
    request_id = next((request_id for end, request_id in ends if end.at >= line.at), "")
    return line._replace(request_id=request_id)
