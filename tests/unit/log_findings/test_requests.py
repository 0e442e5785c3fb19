"""A line that names no request gets that of its call, which the next END line of its stream names."""

from datetime import timedelta

from rollout.log_findings.compare import compare
from rollout.log_findings.find import find_in_logs, samples_without_request
from rollout.log_findings.lines import LogLine, VersionLines
from rollout.log_findings.requests import name_requests
from tests.samples import AT

FIRST, SECOND = "8f5a2c1e-6d0b-4b57-9a3e-2f9d0c7b1a44", "00000000-6d0b-4b57-9a3e-2f9d0c7b1a44"


def line(second: int, text: str, stream: str = "a") -> LogLine:
    return LogLine(AT + timedelta(seconds=second), stream, text)


def lines(*given: LogLine, version: str = "4") -> VersionLines:
    return VersionLines(
        version=version, since=AT, until=AT + timedelta(minutes=6), lines=given, matched=len(given), calls=100
    )


STABLE = lines(version="3")
ENDS = [line(9, f"END RequestId: {SECOND}"), line(5, f"END RequestId: {FIRST}"), line(2, "END RequestId: odd")]


def requests_of(canary: VersionLines) -> list[str]:
    """Return the requests of the lines, which have one signature."""
    (compared,) = name_requests(compare(canary, STABLE), ENDS)
    return [each.line.request_id for each in compared.group.canary]


def test_line_gets_the_request_of_the_next_end_in_its_stream():
    canary = lines(line(4, "ERROR"), line(5, "ERROR"), line(6, "ERROR"), line(4, "ERROR", "b"))
    assert requests_of(canary) == [FIRST, FIRST, SECOND, ""]


def test_line_after_the_last_end_has_no_request():
    assert requests_of(lines(line(10, "ERROR"))) == [""]


def test_samples_show_the_requests_that_were_found():
    canary = lines(line(4, "ERROR no"), line(6, "ERROR no"))
    compared = compare(canary, STABLE)
    assert samples_without_request(compared) == [*canary.lines]
    (finding,) = find_in_logs(name_requests(compared, ENDS), canary, STABLE).findings
    assert [sample.request_id for sample in finding.samples] == [FIRST, SECOND]


def test_request_in_the_line_itself_needs_no_other_line():
    canary = lines(line(4, f"ERROR no for {SECOND}"))
    compared = compare(canary, STABLE)
    assert samples_without_request(compared) == []
    (finding,) = find_in_logs(name_requests(compared, ENDS), canary, STABLE).findings
    assert finding.samples[0].request_id == SECOND


def test_unread_log_has_no_samples():
    assert samples_without_request(compare(lines().model_copy(update={"note": "denied"}), STABLE)) == []
