"""The calls of a version: by the counts of the version, and of the alias where it serves that version alone."""

from datetime import timedelta

from rollout.log_findings.lines import VersionSpan
from tests.samples import AT

MINUTES = [AT + timedelta(minutes=number) for number in range(4)]


def span(**changes) -> VersionSpan:
    return VersionSpan(version="4", since=AT, until=AT + timedelta(minutes=4)).model_copy(update=changes)


def test_calls_are_those_of_the_version():
    assert span().count_calls(dict.fromkeys(MINUTES[:2], 10.0), dict.fromkeys(MINUTES, 100.0)) == 20


def test_promoted_version_has_every_call_of_the_alias_in_minutes_without_its_own():
    promoted = span(alone_since=MINUTES[2])
    assert promoted.count_calls({MINUTES[0]: 10, MINUTES[2]: 30}, dict.fromkeys(MINUTES, 100.0)) == 140


def test_stable_has_every_call_of_the_alias_before_the_rollout():
    assert span(alone_until=MINUTES[2]).count_calls({}, dict.fromkeys(MINUTES, 100.0)) == 200


def test_version_without_calls_has_none_where_the_alias_has_some():
    assert span().count_calls({}, {MINUTES[0]: 100}) == 0


def test_calls_without_any_datapoint_are_not_known():
    """P5."""
    assert span().count_calls({}, {}) is None
