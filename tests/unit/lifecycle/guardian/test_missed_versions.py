"""Tests of missed versions: the sweeps start what no event started (P8), and skip what was skipped on purpose."""

from datetime import datetime, timedelta

import pytest

from rollout.lifecycle.guardian.missed_versions import (
    MIN_WAIT,
    Candidate,
    Sighting,
    ended_without_answer,
    sighting_of,
)
from tests.samples import AT

HOUR, QUARTER, FIVE = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=5)
LATE = timedelta(seconds=50)
"""How much later than another one a scheduled sweep may begin."""
NINE = Candidate(version="9", served="9")
TEN = Candidate(version="10", served="9")
SETTLED = Sighting(settled="9", seen_at=AT)


def waiting(since: datetime = AT, version: str = "10") -> Sighting:
    """Return what the sweep at `since` remembers when it sees a newer version than 9 for the first time."""
    return Sighting(settled="9", waiting=version, waiting_since=since, seen_at=since)


def settled(known: Sighting) -> str:
    """Return the version that is settled; nothing waits."""
    assert known.waiting is None
    return known.settled


def sweeps(*candidates: Candidate, every: timedelta = HOUR) -> Sighting:
    """Return what is remembered after one sweep for each candidate."""
    known = None
    for number, candidate in enumerate(candidates):
        known = sighting_of(known, candidate, AT + number * every)
    return known


@pytest.mark.parametrize("newest", [NINE, TEN, TEN.model_copy(update={"is_busy": True})])
def test_versions_before_the_first_sweep_are_never_missed(newest):
    """A newly tagged function may have a newest version that was skipped on purpose, long ago."""
    known = sweeps(*[newest] * 30)
    assert settled(known) == newest.version
    assert not known.is_missed(newest, AT + 30 * HOUR)


@pytest.mark.parametrize("every", [FIVE - LATE, FIVE, FIVE + LATE, QUARTER, HOUR])
def test_version_that_two_sweeps_saw_is_missed(every):
    """P8: when a version was published is not known, so a sweep has to have seen it a while ago."""
    assert not sweeps(NINE, TEN, every=every).is_missed(TEN, AT + every)
    assert sweeps(NINE, TEN, TEN, every=every).is_missed(TEN, AT + 2 * every)


def test_version_that_waits_for_a_release_is_missed_after_days_when_its_function_loses_the_tag():
    """P8: the release has not come, so the version is rolled out alone, and given up a day later."""
    tagged = TEN.model_copy(update={"waits_for_release": True})
    known = sweeps(NINE, *[tagged] * 80)
    assert known.is_missed(tagged, AT + 80 * HOUR)
    for hours in (81, 90):
        known = sighting_of(known, TEN, AT + hours * HOUR)
        assert known.is_missed(TEN, AT + hours * HOUR)
    assert settled(sighting_of(known, TEN, AT + 105 * HOUR)) == "10"


def test_version_that_a_sweep_saw_just_now_is_not_missed():
    """A repeated sweep is not a second sweep: Lambda repeats a failed one after one and two minutes."""
    assert not waiting().is_missed(TEN, AT + timedelta(minutes=1 + 2))
    assert not waiting().is_missed(TEN, AT + MIN_WAIT - timedelta(seconds=1))
    assert sighting_of(waiting(), TEN, AT + timedelta(minutes=1)) == waiting()


def test_version_behind_a_rollout_is_missed_at_the_first_sweep_after_its_end():
    """P8: it has been seen; a queued execution of the version is found by its name (P7)."""
    busy = TEN.model_copy(update={"is_busy": True})
    assert sweeps(NINE, busy, busy, TEN, every=FIVE).is_missed(TEN, AT + 3 * FIVE)


def test_newer_version_begins_to_wait_anew():
    newer = TEN.model_copy(update={"version": "11"})
    assert sighting_of(waiting(), newer, AT + HOUR) == waiting(AT + HOUR, "11")


@pytest.mark.parametrize("served", ["10", "11"])
def test_version_that_was_served_is_never_missed(served):
    """A person who moves the alias back has decided against the version."""
    known = sighting_of(waiting(), TEN.model_copy(update={"served": served}), AT + HOUR)
    assert settled(known) == "10"
    assert sighting_of(known, TEN, AT + 2 * HOUR) == known
    assert not known.is_missed(TEN, AT + 99 * HOUR)


def test_version_behind_a_busy_alias_waits_for_its_end():
    """P8: a rollout may take longer than the sweeps wait."""
    busy = TEN.model_copy(update={"is_busy": True})
    known = sweeps(NINE, *[busy] * 50)
    assert known == waiting(AT + 50 * HOUR)
    assert not known.is_missed(busy, AT + 99 * HOUR)
    assert sighting_of(known, TEN, AT + 51 * HOUR).is_missed(TEN, AT + 51 * HOUR)


def test_version_that_could_not_be_started_for_a_day_is_given_up():
    known = sweeps(NINE, *[TEN] * 25)
    assert known.is_missed(TEN, AT + 25 * HOUR)
    assert settled(sighting_of(known, TEN, AT + 26 * HOUR)) == "10"


def test_function_that_no_sweep_saw_for_a_day_is_new_again():
    """Its tag was removed on purpose, so the versions published meanwhile were not to be rolled out."""
    assert sighting_of(SETTLED, TEN, AT + 24 * HOUR).waiting == "10"
    assert settled(sighting_of(SETTLED, TEN, AT + 25 * HOUR)) == "10"


def test_unchanged_sighting_is_written_every_six_hours():
    written = [sweeps(*[NINE] * count) for count in range(1, 26)]
    assert len(set(map(repr, written))) == 5


def test_numbers_that_fall_settle_what_is_there():
    """The newest version was deleted, or the function was deleted and created again."""
    known = sighting_of(Sighting(settled="40", seen_at=AT), Candidate(version="2", served="1"), AT)
    assert settled(known) == "2"
    assert sighting_of(known, Candidate(version="3", served="1"), AT).waiting == "3"


def test_unfinished_search_settles_what_it_found():
    """What a later sweep finds may be as old as what the first one found."""
    first, second = (Candidate(version=number, served="1", is_certain=False) for number in ("61", "121"))
    last = Candidate(version="130", served="1")
    assert sweeps(first, second).is_searching
    assert settled(sweeps(first, second, last)) == "130"
    assert sweeps(first, second, last, Candidate(version="131", served="1")).waiting == "131"


def test_search_that_ends_at_its_limit_still_finds_a_new_version():
    found = TEN.model_copy(update={"is_certain": False})
    assert sighting_of(SETTLED, found, AT) == waiting()


def test_newest_version_seen_is_where_the_next_search_begins():
    assert (SETTLED.newest, waiting().newest) == ("9", "10")


def test_sighting_survives_its_json():
    assert Sighting.model_validate_json(waiting().model_dump_json()) == waiting()


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
