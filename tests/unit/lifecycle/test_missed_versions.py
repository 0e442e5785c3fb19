"""Tests of missed versions: the sweep starts what no event started (P8), and skips what was skipped on purpose."""

from datetime import timedelta

import pytest

from rollout.lifecycle.missed_versions import Candidate, ended_without_answer, is_missed
from tests.samples import AT

HOUR = timedelta(hours=1)


def candidate(**changes: object) -> Candidate:
    newer = Candidate(version="10", published_at=AT - HOUR, served="9", is_split=False)
    return newer.model_copy(update=changes)


@pytest.mark.parametrize("age", [timedelta(minutes=15), HOUR, timedelta(hours=24)])
def test_newer_version_is_missed(age):
    assert is_missed(candidate(published_at=AT - age), AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"served": "10"},
        {"served": "11"},
        {"served": None},
        {"is_split": True},
        {"published_at": AT - timedelta(minutes=14, seconds=59)},
        {"published_at": AT - timedelta(hours=24, seconds=1)},
    ],
)
def test_served_split_young_or_old_version_is_not_missed(changes):
    assert not is_missed(candidate(**changes), AT)


@pytest.mark.parametrize(
    ("status", "error", "is_unanswered"),
    [
        ("FAILED", "AwsUnavailableError", True),
        ("FAILED", "States.Timeout", True),
        ("FAILED", "", True),
        ("FAILED", "AliasSplitError", False),
        ("FAILED", "InvalidTagsError", False),
        ("ABORTED", "", False),
        ("RUNNING", "", False),
        ("SUCCEEDED", "", False),
    ],
)
def test_refused_or_stopped_execution_counts_as_answered(status, error, is_unanswered):
    """P8: only an execution that failed for another reason is started again."""
    assert ended_without_answer(status, error) is is_unanswered
