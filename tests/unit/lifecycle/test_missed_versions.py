"""What an event failed to say, a sweep finds (P8); what was left alone on purpose, it leaves alone."""

from datetime import timedelta

import pytest

from rollout.lifecycle.missed_versions import Candidate, is_missed, was_lost
from tests.samples import AT

HOUR = timedelta(hours=1)


def candidate(**changes: object) -> Candidate:
    found = Candidate(version="10", published_at=AT - HOUR, served="9", is_shared=False)
    return found.model_copy(update=changes)


@pytest.mark.parametrize("age", [timedelta(minutes=15), HOUR, timedelta(hours=24)])
def test_a_newer_version_that_nobody_began_is_missed(age):
    assert is_missed(candidate(published_at=AT - age), AT)


@pytest.mark.parametrize(
    "changes",
    [
        {"served": "10"},
        {"served": "11"},
        {"served": None},
        {"is_shared": True},
        {"published_at": AT - timedelta(minutes=14, seconds=59)},
        {"published_at": AT - timedelta(hours=24, seconds=1)},
    ],
)
def test_what_is_served_or_shared_or_too_young_or_too_old_is_not(changes):
    assert not is_missed(candidate(**changes), AT)


@pytest.mark.parametrize(
    ("status", "error", "is_lost"),
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
def test_an_execution_that_gave_no_answer_is_lost(status, error, is_lost):
    """P8: a refusal is an answer, and so is a person's stop."""
    assert was_lost(status, error) is is_lost
