"""Reads the error lines of two versions with CloudWatch Logs Insights: one bounded query for each, both at once.

A third one finds the requests of the few lines that are shown and name none.

Insights and not FilterLogEvents, which reads no log group of the class Infrequent Access, and pages through everything
that a large group has in these minutes. What goes wrong is a sentence, never an error of the rollout.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from rollout.aws.boto import clients
from rollout.aws.boto.clients import LogsClient
from rollout.aws.boto.errors import error_code, is_transient
from rollout.aws.cloudwatch.log_query import end_query, error_query, read_lines
from rollout.domain.identity import Target
from rollout.domain.text import format_names, shorten
from rollout.log_findings.lines import LogLine, VersionLines, VersionSpan

QUERY_SECONDS = 12
"""How long the queries may take together: the alias's lock is held meanwhile."""
MOST_LINES = 1_000
"""The lines that are read of each version."""
_POLL_SECONDS = 0.5
_LONGEST_TO_END = timedelta(minutes=1)
"""How long after the last line the end of its call is looked for."""
_UNFINISHED = ("Scheduled", "Running", "Unknown")
_LONGEST_ERROR = 300
_Answer = TypeVar("_Answer")


class VersionLogs:
    """The log lines of the versions of one function."""

    def __init__(
        self, client: LogsClient, target: Target, groups: Sequence[str], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._target = target
        self._groups = tuple(groups)
        self._sleep = sleep
        self._polls = round(QUERY_SECONDS / _POLL_SECONDS)

    def read(self, *spans: VersionSpan) -> list[VersionLines]:
        """Return the error lines of each version in its minutes; those that cannot be read have a note instead."""
        queries = [_attempt(partial(self._start_errors, span), self._groups) for span in spans]
        return [self._lines(span, query) for span, query in zip(spans, queries, strict=True)]

    def read_ends(self, lines: Sequence[LogLine]) -> tuple[LogLine, ...]:
        """Return the lines that end the calls of these lines, as far as they can be read in the remaining time."""
        if not lines:
            return ()
        times = [line.at for line in lines]
        query = end_query(dict.fromkeys(line.stream for line in lines))
        started = _attempt(partial(self._start, query, min(times), max(times) + _LONGEST_TO_END), self._groups)
        found = started if isinstance(started, _Refused) else _attempt(partial(self._wait, started), self._groups)
        if isinstance(found, _Refused) or found["status"] != "Complete":
            return ()
        return read_lines(found["results"])

    def _lines(self, span: VersionSpan, query: "str | _Refused") -> VersionLines:
        lines = VersionLines(**dict(span), log_groups=self._groups)
        found = query if isinstance(query, _Refused) else _attempt(partial(self._wait, query), self._groups)
        if isinstance(found, _Refused):
            return lines.model_copy(update={"note": found.reason})
        if found["status"] != "Complete":
            return lines.model_copy(update={"note": _format_unfinished(found["status"])})
        read = read_lines(found["results"])
        matched = round(found.get("statistics", {}).get("recordsMatched", 0))
        return lines.model_copy(update={"lines": read, "matched": max(matched, len(read))})

    def _start_errors(self, span: VersionSpan) -> str:
        return self._start(error_query(self._target, span.version, self._groups), span.since, span.until)

    def _start(self, query: str, since: datetime, until: datetime) -> str:
        answer = self._client.start_query(
            logGroupNames=[*self._groups],
            startTime=int(since.timestamp()),
            endTime=int(until.timestamp()) - 1,  # CloudWatch Logs includes the end
            queryString=query,
            limit=MOST_LINES,
        )
        return str(answer["queryId"])

    def _wait(self, query: str) -> dict[str, Any]:
        """Return the answer of a query that has ended; one that has not ended in time is stopped."""
        while True:
            answer = self._client.get_query_results(queryId=query)
            if answer["status"] not in _UNFINISHED:
                return answer
            if self._polls <= 0:
                break
            self._polls -= 1
            self._sleep(_POLL_SECONDS)
        with suppress(ClientError, BotoCoreError):  # it may have ended by now
            self._client.stop_query(queryId=query)
        return answer


class _Refused(NamedTuple):
    """Why there is no answer."""

    reason: str


def _attempt(call: Callable[[], _Answer], groups: Sequence[str]) -> "_Answer | _Refused":
    try:
        return call()
    except ClientError as error:
        return _Refused(_format_refusal(error, groups))
    except BotoCoreError as error:
        return _Refused(f"CloudWatch Logs cannot be reached ({shorten(str(error), _LONGEST_ERROR)})")


def _format_refusal(error: ClientError, groups: Sequence[str]) -> str:
    names, said = format_names(groups), shorten(str(error), _LONGEST_ERROR)
    if error.operation_name == "AssumeRole":
        return f"the role of the member account cannot be assumed ({said}); see docs/accounts.md"
    match error_code(error):
        case "ResourceNotFoundException":
            return f"CloudWatch Logs has no log group {names}"
        case "AccessDeniedException":
            return f"Lambda Rollouts may not query {names} ({said}); let the parameter LogGroups of the stack cover it"
        case "LimitExceededException" | "ServiceUnavailableException":
            return f"CloudWatch Logs is throttling or failing ({said})"
    if is_transient(error):
        return f"CloudWatch Logs is throttling or failing ({said})"
    return f"CloudWatch Logs refuses the query ({said})"


def _format_unfinished(status: str) -> str:
    if status in _UNFINISHED:
        return f"the query was not finished after {QUERY_SECONDS} s, and was stopped"
    return f"the query ended with the status {status}"


def version_logs(target: Target, groups: Sequence[str]) -> VersionLogs:
    """Return the adapter for the logs of a function's versions."""
    return VersionLogs(clients.client_for(target.account_region, clients.fast_logs_client), target, groups)
