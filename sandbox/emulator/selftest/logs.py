"""Checks of log streams, and of the queries that count lines by version and that return error lines."""

import time
from typing import Any

from sandbox.emulator.selftest.fixtures import ALIAS, Fixture, code_of

_OWN, _SHARED = "/aws/lambda/example", "shared-logs"
_STATS = (
    "stats count(*) as written, sum(strcontains(@message, {text})) as matching by version, bin({period}s) as minute"
)


def _query(streams: str, text: str, period: int = 60) -> str:
    stats = _STATS.format(text=text, period=period)
    return f'filter strcontains(@logStream, "{streams}") | parse @logStream "[*]" as version | {stats}'


def _lines_counted(fixture: Fixture) -> bool:
    """A query counts the lines of each version; it is running at first, and unknown commands are refused."""
    fixture.lambda_.invoke(FunctionName=ALIAS, Payload=b"{}")
    logs = fixture.client("logs")
    first, rows = _results(logs, _OWN, _query("/[2]", '"START"'))
    refused = code_of(_start, logs, _OWN, 'filter @message = "x" | stats count(*) by @log')
    counts = {(row["version"], int(row["written"]) > int(row["matching"]) > 0) for row in rows}
    return (first, counts, refused) == ("Running", {("2", True)}, "MalformedQueryException")


def _shared_group_names_function(fixture: Fixture) -> bool:
    """In a custom log group, the name of a stream holds the function and the version."""
    config = {"LogGroup": _SHARED}
    fixture.lambda_.update_function_configuration(FunctionName="example", LoggingConfig=config)
    fixture.lambda_.invoke(FunctionName="example", Payload=b"{}")
    logs = fixture.client("logs")
    _, rows = _results(logs, _SHARED, _query("/example[$LATEST]", "'START'"))
    fixture.lambda_.update_function_configuration(FunctionName="example", LoggingConfig={"LogGroup": _OWN})
    return [row["version"] for row in rows] == ["$LATEST"] and code_of(_start, logs, "none", _query("", "'x'")) == (
        "ResourceNotFoundException"
    )


def _exception_is_one_event(fixture: Fixture) -> bool:
    """The report of an exception is one event with its stack trace, and a query returns it from its own stream."""
    fixture.lambda_.invoke(FunctionName=ALIAS, Payload=b'{"fail": true}')
    logs = fixture.client("logs")
    query = 'filter strcontains(@logStream, "{}") | filter @message like /(?i)(error|panic)/ | fields @timestamp,'
    query += " @logStream, substr(@message, 0, 120) as line | sort @timestamp asc"
    _, found = _results(logs, _OWN, query.format("/[2]"))
    _, others = _results(logs, _OWN, query.format("/[7]"))
    streams = query.replace('strcontains(@logStream, "{}")', '@logStream in ["none", "{}"]')
    _, same = _results(logs, _OWN, streams.format(found[-1]["@logStream"]))
    refused = code_of(_start, logs, _OWN, "filter @message like /x/ | fields @message")
    lines = [row["line"].splitlines()[:2] for row in found]
    report = ["[ERROR] LookupError: configured failure", "Traceback (most recent call last):"]
    return report in lines and others == [] and found[-1] in same and refused == "MalformedQueryException"


def _start(logs: Any, group: str, query: str) -> str:  # noqa: ANN401 - a client
    now = int(time.time())
    started = logs.start_query(logGroupNames=[group], startTime=now - 600, endTime=now + 60, queryString=query)
    return str(started["queryId"])


def _results(logs: Any, group: str, query: str) -> tuple[str, list[dict[str, str]]]:  # noqa: ANN401 - a client
    """Return the status of the first answer, and the rows of the second one."""
    query_id = _start(logs, group, query)
    first = logs.get_query_results(queryId=query_id)["status"]
    answer = logs.get_query_results(queryId=query_id)
    return first, [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]


CHECKS = [_lines_counted, _shared_group_names_function, _exception_is_one_event]
