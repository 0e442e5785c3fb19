"""Finds the request of a line that names none, such as Lambda's own report of an exception of a Python function."""

import re
from collections.abc import Iterable, Mapping, Sequence

from rollout.log_findings.compare import Compared
from rollout.log_findings.lines import LogLine

_END = re.compile(r"END RequestId: ([0-9a-f-]{36})")
_End = tuple[LogLine, str]
"""The line that ends a call, and the call's request."""


def name_requests(compared: Iterable[Compared], ends: Iterable[LogLine]) -> list[Compared]:
    """Return the canary's lines with their requests, by the line with which Lambda ends each call.

    An environment serves one call at a time, so the next end in a line's stream is that of its own call.
    """
    by_stream: dict[str, list[_End]] = {}
    for end in sorted(ends):
        if found := _END.match(end.text):
            by_stream.setdefault(end.stream, []).append((end, found[1]))
    return [_with_requests(each, by_stream) for each in compared]


def _with_requests(compared: Compared, by_stream: Mapping[str, Sequence[_End]]) -> Compared:
    named = [
        each._replace(line=_named(each.line, by_stream.get(each.line.stream, ()))) for each in compared.group.canary
    ]
    return compared._replace(group=compared.group._replace(canary=named))


def _named(line: LogLine, ends: Sequence[_End]) -> LogLine:
    request_id = next((request_id for end, request_id in ends if end.at >= line.at), "")
    return line._replace(request_id=request_id)
