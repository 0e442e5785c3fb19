"""Counts log lines by version with CloudWatch Logs Insights: at most one query for each evaluation."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.clients import LogsClient
from rollout.aws.boto.errors import error_code, translate_aws_errors
from rollout.aws.cloudwatch.log_query import log_query, read_rows
from rollout.domain.errors import AwsUnavailableError, LogsUnreadableError, MetricsIncompleteError
from rollout.domain.identity import AccountRegion
from rollout.domain.text import as_sentence
from rollout.judging.log_lines import LogRow, add_rows, unread_since, unreadable
from rollout.judging.window import Timing, Window
from rollout.policy.logs import Logs
from rollout.state.log_counts import LogCounts
from rollout.state.rollout import Rollout

QUERY_SECONDS = 20
"""How long an evaluation waits for its query; GetMetricData and its retries need the rest of the Lambda's minute."""
_POLL_SECONDS = 0.5
_MOST_ROWS = 10_000
_UNFINISHED = ("Scheduled", "Running", "Unknown")


class LogLines:
    """The log lines of a rollout's two versions."""

    def __init__(self, client: LogsClient, timing: Timing, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._timing = timing
        self._sleep = sleep

    def count(self, logs: Logs, rollout: Rollout, window: Window) -> LogCounts:
        """Return the rollout's counts with the lines since its last query; a missing log group counts nothing.

        Raises MetricsIncompleteError where the query does not finish, AwsUnavailableError where it does not start, and
        LogsUnreadableError where it is refused: none of them is a verdict (P5).
        """
        since, groups = unread_since(rollout.log_counts, window), rollout.log_group_names
        with translate_aws_errors(f"querying the log of {rollout.target.function}"):
            try:
                query = self._start(log_query(logs, rollout, self._timing.period_seconds), groups, since, window.end)
                return add_rows(rollout, self._rows(query), window, self._timing)
            except ClientError as error:
                if error_code(error) == "ResourceNotFoundException":
                    return unreadable(window, f"CloudWatch Logs has no log group {' or '.join(groups)}")
                raise _translated(error, groups) from error

    def _start(self, query: str, groups: Sequence[str], since: datetime, until: datetime) -> str:
        answer = self._client.start_query(
            logGroupNames=[*groups],
            startTime=int(since.timestamp()),
            endTime=int(until.timestamp()) - 1,  # CloudWatch Logs includes the end
            queryString=query,
            limit=_MOST_ROWS,
        )
        return str(answer["queryId"])

    def _rows(self, query: str) -> list[LogRow]:
        answer = self._wait(query)
        if answer["status"] != "Complete" or len(answer["results"]) >= _MOST_ROWS:
            raise MetricsIncompleteError(
                f"CloudWatch Logs Insights returned {len(answer['results']):,} rows with the status {answer['status']}"
                f" within {QUERY_SECONDS} s. The state machine queries again; if that does not help, use a longer"
                " `interval`, or a smaller log."
            )
        return read_rows(answer["results"])

    def _wait(self, query: str) -> dict[str, Any]:
        """Return the answer of a query that has ended; one that has not ended in time is stopped."""
        for _ in range(round(QUERY_SECONDS / _POLL_SECONDS)):
            answer = self._client.get_query_results(queryId=query)
            if answer["status"] not in _UNFINISHED:
                return answer
            self._sleep(_POLL_SECONDS)
        with suppress(ClientError):  # it may have ended by now
            self._client.stop_query(queryId=query)
        return answer


def _translated(error: ClientError, groups: Sequence[str]) -> Exception:
    """Return the error of this package for a refused query; errors of other kinds stay as they are."""
    names = " and ".join(groups)
    match error_code(error):
        case "LimitExceededException" | "ServiceUnavailableException":
            return AwsUnavailableError(
                f"querying {names}: CloudWatch Logs answered {as_sentence(error)} It is tried again; if that does not"
                " help, use a longer `interval`, and start the rollout again."
            )
        case "AccessDeniedException":
            return LogsUnreadableError(
                f"Lambda Rollouts may not query {names} ({error}). Set the stack's parameter LogGroups to a pattern"
                " that covers it, or name the metric in the policy's `ignore`."
            )
        case "MalformedQueryException" | "InvalidParameterException":
            return LogsUnreadableError(
                f"CloudWatch Logs refuses the query of {names} ({error}). Change the pattern of the metric `logs`, or"
                " name the metric in the policy's `ignore`."
            )
    return error


def log_lines(account_region: AccountRegion) -> LogLines:
    """Return the adapter that counts log lines."""
    return LogLines(clients.client_for(account_region, clients.logs_client), settings.timing())
