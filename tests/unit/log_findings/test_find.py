"""What is new or more frequent is found with its numbers, what was read is stated, and the result stays small."""

import json
from datetime import timedelta

import pytest

from rollout.domain.enums import LogChange
from rollout.log_findings.compare import compare
from rollout.log_findings.find import find_in_logs
from rollout.log_findings.lines import LogLine, VersionLines
from rollout.state.canary_logs import LONGEST_LINE, MOST_FINDINGS, MOST_SAMPLES, CanaryLogs
from tests.hostile_strings import HOSTILE_STRINGS
from tests.samples import AT

NEW, OLD = "ERROR Cannot pay order 17", "ERROR Stock is low"


def lines(version: str, *texts: str, calls: int | None = 1_000, **changes) -> VersionLines:
    read = tuple(LogLine(AT + timedelta(seconds=number), f"/[{version}]a", text) for number, text in enumerate(texts))
    given = VersionLines(
        version=version,
        since=AT,
        until=AT + timedelta(minutes=6),
        log_groups=("/aws/lambda/my-api",),
        lines=read,
        matched=len(read),
        calls=calls,
    )
    return given.model_copy(update=changes)


def found_in(canary: VersionLines, stable: VersionLines) -> CanaryLogs:
    return find_in_logs(compare(canary, stable), canary, stable)


def changes_of(found: CanaryLogs) -> list[LogChange]:
    return [finding.change for finding in found.findings]


def test_error_that_only_the_canary_logs_is_new():
    found = found_in(lines("4", *[NEW] * 41, OLD, calls=1_203), lines("3", *[OLD] * 12, calls=10_870))
    assert found.sentence == "version 4 logs 1 error that version 3 does not log"
    (finding,) = found.findings
    assert (finding.change, finding.signature, finding.canary_lines) == (
        LogChange.NEW,
        "ERROR: Cannot pay order <n>",
        41,
    )
    assert finding.sentence == (
        "new: 41 lines in 1,203 calls of version 4 (3.4 per 100 calls), none in 10,870 calls of version 3"
    )
    assert found.scope == (
        "read all 42 error lines of version 4; all 12 error lines of version 3; in /aws/lambda/my-api from"
        " 2026-03-01T12:00:00Z to 2026-03-01T12:06:00Z; lines of the last seconds may be missing"
    )


def test_error_is_more_frequent_by_its_rate_and_not_by_its_lines():
    """The canary has a tenth of the calls."""
    often = found_in(lines("4", *[OLD] * 20, calls=100), lines("3", *[OLD] * 20, calls=900))
    assert changes_of(often) == [LogChange.MORE_FREQUENT]
    assert often.findings[0].sentence == (
        "more frequent: 20 lines in 100 calls of version 4 (20 per 100 calls), 20 lines in 900 calls of version 3"
        " (2.2 per 100 calls)"
    )
    assert often.sentence == "version 4 logs 1 error more often than version 3"
    alike = found_in(lines("4", *[OLD] * 20, calls=1_000), lines("3", *[OLD] * 180, calls=9_000))
    assert alike.findings == ()
    assert alike.sentence == "version 4 logs no error that version 3 does not log as often"


def test_rate_of_several_lines_for_each_call_is_a_plain_number():
    (finding,) = found_in(lines("4", *[NEW] * 250, calls=10), lines("3")).findings
    assert "250 lines in 10 calls of version 4 (2,500 per 100 calls)" in finding.sentence


def test_few_lines_are_no_evidence():
    found = found_in(lines("4", OLD, calls=100), lines("3", OLD, OLD, calls=900))
    assert changes_of(found) == []


def test_new_errors_come_before_more_frequent_ones():
    found = found_in(lines("4", *[OLD] * 90, NEW, calls=100), lines("3", OLD, calls=900))
    assert changes_of(found) == [LogChange.NEW, LogChange.MORE_FREQUENT]
    assert found.sentence == (
        "version 4 logs 1 error that version 3 does not log and 1 error more often than version 3"
    )


@pytest.mark.parametrize(
    ("stable", "said"),
    [
        (
            lines("3", calls=0),
            "not compared: 1 line in 1,000 calls of version 4 (0.1 per 100 calls); version 3 had no calls",
        ),
        (lines("3", note="denied"), "not compared: 1 line in 1,000 calls of version 4 (0.1 per 100 calls); the log of"),
        (lines("3", OLD, calls=None), "not compared by call, because the calls are not known: 1 line in 1,000 calls"),
    ],
    ids=["no calls", "not read", "unknown calls"],
)
def test_error_without_comparison_is_never_called_new(stable, said):
    """P5: what is not known about stable speaks for nothing."""
    (finding,) = found_in(lines("4", OLD), stable).findings
    assert finding.change is LogChange.NOT_COMPARED
    assert finding.sentence.startswith(said)


def test_log_that_was_not_read_is_one_sentence_with_its_reason():
    found = found_in(lines("4", note="CloudWatch Logs has no log group x"), lines("3"))
    assert found == CanaryLogs(sentence="the log of version 4 was not read: CloudWatch Logs has no log group x")


def test_scope_counts_one_line_and_none_in_words():
    one, none = (found_in(lines("4", NEW), lines("3", *stable)).scope for stable in ([OLD], []))
    assert one.startswith("read the only error line of version 4; the only error line of version 3; in ")
    assert none.startswith("read the only error line of version 4; no error line of version 3; in ")


def test_log_of_stable_that_was_not_read_is_stated():
    found = found_in(lines("4", OLD), lines("3", note="the query was not finished after 12 s"))
    assert "the log of version 3 was not read: the query was not finished after 12 s" in found.scope
    assert found.sentence == "version 4 logs 1 error that could not be compared with version 3"


def test_log_that_was_cut_off_is_stated_and_no_number_is_taken_for_all():
    found = found_in(lines("4", *[NEW] * 10, matched=5_000), lines("3", OLD, matched=70))
    assert found.scope.startswith(
        "read the first 10 of 5,000 error lines of version 4; the first 1 of 70 error lines of"
    )
    assert found.findings[0].sentence == (
        "new: at least 10 lines in 1,000 calls of version 4 (at least 1 per 100 calls), none in 1,000 calls of version"
        " 3, whose first 1 of 70 error lines were read"
    )


def test_cut_off_log_is_compared_by_what_its_lines_stand_for():
    """Ten of stable's thousand lines were read; the canary has as many lines as stable."""
    cut = lines("3", *[OLD] * 10, matched=1_000)
    assert changes_of(found_in(lines("4", *[OLD] * 1_000), cut)) == []


def test_canary_without_error_lines_is_not_called_healthy():
    """P5."""
    assert found_in(lines("4"), lines("3")).sentence == "the log of version 4 has no error line in these minutes"


def test_samples_are_of_different_requests():
    texts = [f"ERROR no {number} in 8f5a2c1e-6d0b-4b57-9a3e-00000000000{number // 3}" for number in range(9)]
    (finding,) = found_in(lines("4", *texts), lines("3")).findings
    assert [sample.request_id[-1] for sample in finding.samples] == ["0", "1", "2"]
    assert finding.samples[0].at == AT
    assert finding.samples[0].line == "ERROR: no 0 in 8f5a2c1e-6d0b-4b57-9a3e-000000000000"


def test_errors_beyond_the_first_five_are_counted():
    texts = [f"ERROR {word}" for word in ("alpha", "beta", "gamma", "delta", "zeta", "eta", "theta")]
    found = found_in(lines("4", *texts), lines("3"))
    assert (len(found.findings), found.further) == (MOST_FINDINGS, 2)


def test_secrets_are_masked_in_signature_and_sample():
    found = found_in(lines("4", "ERROR password=hunter2 for anna@example.com"), lines("3"))
    assert found.findings[0].signature == found.findings[0].samples[0].line == "ERROR: password=*** for <email>"


@pytest.mark.parametrize("text", HOSTILE_STRINGS)
def test_line_of_a_hostile_log_is_one_printable_line(text):
    """What it means as markup is the matter of who renders it."""
    for finding in found_in(lines("4", f"ERROR {text}"), lines("3")).findings:
        assert finding.signature.isprintable()
        assert all(sample.line.isprintable() for sample in finding.samples)


@pytest.mark.parametrize("character", ["x", "😀", "\x00", "'", '"', "\\"])
def test_no_log_makes_a_large_result(character):
    """P12: a state's payload and an event have 256 KB, shared with the document."""
    words = ["alpha", "beta", "gamma", "delta", "zeta", "eta", "theta"]
    texts = [f"ERROR {word} {' '.join([character * 20] * 1_000)}" for word in words for _ in range(10)]
    found = found_in(lines("4", *texts), lines("3"))
    assert len(found.model_dump_json()) < 25_000
    assert len(json.dumps(found.model_dump(mode="json"))) < 64_000
    assert all(len(sample.line) <= LONGEST_LINE for finding in found.findings for sample in finding.samples)
    assert all(len(finding.samples) <= MOST_SAMPLES for finding in found.findings)
