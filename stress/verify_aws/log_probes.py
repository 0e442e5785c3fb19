"""Questions about the log of the function with traffic, asked with the queries of counts and of lines."""

import time
from collections import Counter

from stress.verify_aws.behaviour import Answer, Probe
from stress.verify_aws.stories import Stage

_LOOKBACK_SECONDS = 7_200
_ONCE_A_CALL = "REPORT RequestId"
_FIRST_LINES = 10
_TOLERATED = 0.02
_POLL_SECONDS = 0.5

Lines = Counter[tuple[str, str]]
"""The matching lines by version and period."""


def _read(stage: Stage, until: int) -> Lines:
    """Return the lines that Lambda writes once for each call, of the last two hours up to `until`."""
    rows, _ = _query(
        stage,
        until,
        ' | parse @logStream "[*]" as version'
        f' | stats count(*) as written, sum(strcontains(@message, "{_ONCE_A_CALL}")) as matching'
        f" by version, bin({stage.pace.period}s) as minute",
        limit=10_000,
    )
    return Counter({(row["version"], row["minute"]): round(float(row["matching"])) for row in rows})


def _query(stage: Stage, until: int, commands: str, limit: int) -> tuple[list[dict[str, str]], dict[str, float]]:
    """Return the rows and the statistics of a query of both versions' streams, once it has ended."""
    logs = stage.account.client("logs")
    streams = " or ".join(f'strcontains(@logStream, "/[{version}]")' for version in _versions(stage))
    started = logs.start_query(
        logGroupNames=[f"/aws/lambda/{stage.shop.name}"],
        startTime=until - _LOOKBACK_SECONDS,
        endTime=until - 1,
        queryString=f"filter {streams}{commands}",
        limit=limit,
    )
    while (answer := logs.get_query_results(queryId=started["queryId"]))["status"] in ("Scheduled", "Running"):
        time.sleep(_POLL_SECONDS)
    rows = [{cell["field"]: cell["value"] for cell in row} for row in answer["results"]]
    return rows, answer.get("statistics", {})


def _versions(stage: Stage) -> list[str]:
    return sorted(set(stage.served) - {"refused"})


def _closed(stage: Stage) -> int:
    """Return the end of the last closed period, in seconds."""
    period = stage.pace.period
    return int((time.time() - stage.pace.lag) // period * period)


def _by_version(stage: Stage) -> Answer:
    served, found = {version: stage.served[version] for version in _versions(stage)}, Counter[str]()
    time.sleep(stage.pace.lag + 2 * stage.pace.period)  # until the periods of these calls are closed
    for (version, _), count in _read(stage, _closed(stage)).items():
        found[version] += count
    shown = ", ".join(f"version {version} {found[version]} lines of {calls} calls" for version, calls in served.items())
    complete = all(found[version] >= (1 - _TOLERATED) * calls for version, calls in served.items())
    return Answer(shown, bool(served) and complete)


def _delay(stage: Stage) -> Answer:
    until = _closed(stage)
    first = _read(stage, until)
    time.sleep(2 * (stage.pace.lag + stage.pace.period))
    later = _read(stage, until)
    late = [key for key in later if later[key] != first[key]]
    return Answer(f"{len(late)} of {len(later)} closed counts changed afterwards", bool(later) and not late)


def _first_lines(stage: Stage) -> Answer:
    """Ask for the first ten lines with a word that each call's report has, as ReadCanaryLogs asks for errors."""
    calls = sum(stage.served[version] for version in _versions(stage))
    time.sleep(stage.pace.lag + 2 * stage.pace.period)  # until the periods of these calls are closed
    rows, statistics = _query(
        stage,
        _closed(stage),
        " | filter @message like /(?i)(report)/"
        f" | fields @timestamp, @logStream, substr(@message, 0, {len(_ONCE_A_CALL)}) as line | sort @timestamp asc",
        limit=_FIRST_LINES,
    )
    matched = statistics.get("recordsMatched", 0)
    is_cut = all(row.get("line") == _ONCE_A_CALL for row in rows)
    times = [row["@timestamp"] for row in rows]
    is_whole = len(rows) == _FIRST_LINES and matched >= (1 - _TOLERATED) * calls
    return Answer(
        f"{len(rows)} of {matched:,.0f} lines of {calls:,} calls, the first one {rows[:1]}",
        is_cut and is_whole and times == sorted(times),
    )


LOG_PROBES = (
    Probe("log-query-by-version", "a log query counts the lines of each version", _by_version),
    Probe("query-of-error-lines", "a log query returns the first lines with a word, cut, and counts all", _first_lines),
    Probe("delay-of-log-lines", "the lines of a closed period do not change", _delay),
)
"""Asked after the last rollout."""
