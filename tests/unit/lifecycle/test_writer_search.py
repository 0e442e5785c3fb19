"""Tests of the search for a writer: an ending says what CloudTrail knows, and is completed when it knows more (P10)."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Outcome
from rollout.lifecycle.rollback import Closing
from rollout.lifecycle.writer_search import (
    SEARCH_TIME,
    SearchResult,
    is_over,
    search_result,
    with_writer,
    writer_search,
)
from rollout.state.alias import AliasState
from rollout.state.ending import Ending
from rollout.state.endings import ending_of, handed_over, moved_by_other
from tests.samples import AT, EXECUTION, TARGET, judgement

ANNA = "arn:aws:iam::123456789012:user/anna at 2026-03-01T12:05:00Z"
MOVED = moved_by_other("my-api:live was moved", AliasState(version="5", revision_id="revision-5"))
NAMED = f"my-api:live was moved. CloudTrail says it was {ANNA}"
NOT_YET = (
    "my-api:live was moved. CloudTrail does not name the writer yet: the name follows within minutes, in the ledger and"
    " in another event Rollout Handed Over"
)
CLOSING = Closing(
    execution=EXECUTION, target=TARGET, stable_version="3", canary_version="4", judgement=judgement(), revision_id="r"
)
SOON, LATE = AT + SEARCH_TIME - timedelta(seconds=1), AT + SEARCH_TIME


def search():
    found = writer_search(CLOSING, with_writer(MOVED, ""), AT)
    assert found is not None
    return found


def in_ledger(cause: str) -> Ending:
    return ending_of(Outcome.HANDED_OVER, cause)


@pytest.mark.parametrize(
    ("ending", "writer", "cause"),
    [
        (MOVED, ANNA, NAMED),
        (MOVED, "", NOT_YET),
        (moved_by_other("my-api:live was moved", None), ANNA, "my-api:live was moved"),
        (handed_over("the policy hands over"), ANNA, "the policy hands over"),
        (handed_over("the policy hands over"), "", "the policy hands over"),
    ],
)
def test_cause_names_the_writer_or_says_that_the_name_follows(ending, writer, cause):
    assert with_writer(ending, writer).cause == cause


@pytest.mark.parametrize(
    "ending",
    [with_writer(MOVED, ANNA), moved_by_other("it was deleted", None), handed_over("the policy hands over"), NAMED],
)
def test_no_search_begins_where_the_name_is_known_or_no_writer_moved_the_alias(ending):
    ending = in_ledger(ending) if isinstance(ending, str) else ending
    assert writer_search(CLOSING, ending, AT) is None


def test_search_has_what_the_completed_event_needs():
    assert search().model_dump() == {
        "target": TARGET.model_dump(),
        "execution": EXECUTION.model_dump(),
        "stable_version": "3",
        "canary_version": "4",
        "channel": None,
        "judgement": judgement().model_dump(),
        "revision_id": "revision-5",
        "since": AT,
    }


@pytest.mark.parametrize(
    ("cause", "writer", "now", "completed"),
    [
        (NOT_YET, ANNA, SOON, NAMED),
        (NOT_YET, ANNA, LATE, NAMED),
        (NOT_YET, "", LATE, "my-api:live was moved. CloudTrail does not name the writer"),
        (NAMED, ANNA, SOON, NAMED),
        (NAMED, "", LATE, NAMED),
    ],
)
def test_ending_is_completed_once(cause, writer, now, completed):
    """P4: an ending that is complete already is not completed a second time."""
    result = search_result(search(), in_ledger(cause), writer, now)
    assert result is not None
    assert result.ending is not None
    assert (result.ending.cause, result.ending.writer) == (completed, writer)


@pytest.mark.parametrize(("ending", "writer"), [(in_ledger(NOT_YET), ""), (None, "")])
def test_search_goes_on_for_two_hours(ending, writer):
    """A rollout whose ending is not in the ledger yet was about to be closed when its task died."""
    assert [search_result(search(), ending, writer, now) for now in (AT, SOON)] == [None, None]
    assert search_result(search(), ending, writer, LATE) is not None
    assert [is_over(search(), now) for now in (SOON, LATE)] == [False, True]


@pytest.mark.parametrize(
    ("ending", "now"),
    [
        (None, LATE),
        (ending_of(Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again"), AT),
        (ending_of(Outcome.PROMOTED, "my-api:live serves version 4 alone"), AT),
    ],
)
def test_rollout_that_ended_otherwise_is_not_completed(ending, now):
    assert search_result(search(), ending, "", now) == SearchResult(ending=None)


def test_cause_with_a_full_stop_gets_no_second_one():
    """A rollback that failed quotes an error, which is a sentence of its own."""
    moved = moved_by_other("because: LockLostError: Nothing was written.", AliasState(version="5", revision_id="r"))
    cause = with_writer(moved, "").cause
    assert cause.startswith("because: LockLostError: Nothing was written. CloudTrail does not name the writer yet")
    result = search_result(search(), in_ledger(cause), ANNA, SOON)
    assert result is not None
    assert result.ending is not None
    assert result.ending.cause == f"because: LockLostError: Nothing was written. CloudTrail says it was {ANNA}"


def test_long_cause_is_completed_at_its_end():
    """A shortened cause keeps its end, so that the note is found and replaced."""
    moved = moved_by_other("x" * 5000, AliasState(version="5", revision_id="revision-5"))
    result = search_result(search(), in_ledger(with_writer(moved, "").cause), ANNA, SOON)
    assert result is not None
    assert result.ending is not None
    assert result.ending.cause.endswith(f"xxx. CloudTrail says it was {ANNA}")
    assert "does not name" not in result.ending.cause
