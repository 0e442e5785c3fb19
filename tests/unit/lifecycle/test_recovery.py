"""Whatever a rollout left behind, the guardian makes whole, and says truly what it found."""

import pytest

from rollout.domain.enums import Move, Outcome
from rollout.lifecycle.recovery import FinalState, repair_plan
from rollout.state.alias import AliasState
from rollout.state.endings import ending_of
from rollout.state.lock import Lock, PlannedWrite, lock_of
from tests.samples import policy, rollout

SHIFTING = lock_of(rollout(), PlannedWrite(version="3", shares={"4": 10}))
PROMOTING = lock_of(rollout(), PlannedWrite(version="4"))
AT_ONCE = lock_of(rollout(policy=policy(steps="AllAtOnce"), step=0, first_shift_at=None), PlannedWrite(version="4"))
FAILED_BACK = ending_of(Outcome.ROLLBACK_FAILED, "my-api:live may still be split")
PROMOTED = ending_of(Outcome.PROMOTED, "my-api:live serves version 4 alone; healthy")
TAKEN_BACK = ending_of(Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again; it failed")


def alias(version: str, **shares: float) -> AliasState:
    return AliasState(version=version, revision_id="r", shares={name[1:]: percent for name, percent in shares.items()})


UNTOUCHED = AliasState(version="3", revision_id=rollout().revision_id)


@pytest.mark.parametrize(
    ("lock", "found", "last", "serve", "outcome"),
    [
        (SHIFTING, alias("3", v4=10), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (SHIFTING, alias("3", v4=50), FinalState(status="TIMED_OUT"), "3", Outcome.ROLLED_BACK),
        (SHIFTING, alias("3"), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("3", v4=50), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), FinalState(status="ABORTED"), "4", Outcome.PROMOTED),
        (PROMOTING, alias("4", v3=50), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), FinalState(status="ABORTED", last_move=Move.ROLL_BACK), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), FinalState(status="FAILED", ending=FAILED_BACK), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), FinalState(status="SUCCEEDED", ending=PROMOTED), "4", Outcome.PROMOTED),
        (SHIFTING, alias("3", v4=10), FinalState(status="FAILED", ending=FAILED_BACK), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("3"), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("4"), FinalState(status="ABORTED"), "4", Outcome.PROMOTED),
        (AT_ONCE, alias("4"), FinalState(status="ABORTED", last_move=Move.ROLL_BACK), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("5"), FinalState(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("5"), FinalState(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("4"), FinalState(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("3", v5=10), FinalState(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, None, FinalState(status="gone"), None, Outcome.HANDED_OVER),
        (lock_of(rollout()), alias("3"), FinalState(status="FAILED"), None, Outcome.REJECTED),
        (lock_of(rollout()), UNTOUCHED, FinalState(status="FAILED"), None, Outcome.REJECTED),
        (lock_of(rollout()), UNTOUCHED, FinalState(status="ABORTED"), "3", Outcome.REJECTED),
        (lock_of(rollout()), UNTOUCHED, FinalState(status="TIMED_OUT"), "3", Outcome.REJECTED),
        (lock_of(rollout()), alias("3"), FinalState(status="ABORTED"), None, Outcome.REJECTED),
        (lock_of(rollout()), None, FinalState(status="ABORTED"), None, Outcome.REJECTED),
        (SHIFTING, alias("3", v4=10), FinalState(status="FAILED", last_move=Move.HAND_OVER), None, Outcome.HANDED_OVER),
        (SHIFTING, None, FinalState(status="FAILED", last_move=Move.HAND_OVER), None, Outcome.HANDED_OVER),
        (PROMOTING, alias("4"), FinalState(status="SUCCEEDED", last_move=Move.FINISH), "4", Outcome.PROMOTED),
    ],
)
def test_what_was_left_behind_is_made_whole_or_left_to_whoever_moved_it(lock, found, last, serve, outcome):
    """P1, P2, P10."""
    repaired = repair_plan(lock, found, last)
    assert (repaired.serve, repaired.ending.outcome) == (serve, outcome)


LEFT = ending_of(Outcome.HANDED_OVER, "my-api:live is left with 10 % on version 4, for a person to decide; too thin")


@pytest.mark.parametrize(
    ("lock", "found", "ending", "last_move"),
    [
        (SHIFTING, alias("3"), TAKEN_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("3", v4=10), TAKEN_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("5"), TAKEN_BACK, Move.ROLL_BACK),
        (SHIFTING, None, TAKEN_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("3", v4=10), LEFT, Move.HAND_OVER),
        (PROMOTING, alias("4"), PROMOTED, Move.FINISH),
        (lock_of(rollout()), alias("3"), LEFT, None),
    ],
)
def test_an_ending_that_was_reached_is_kept(lock, found, ending, last_move):
    """P10: the rollout closed well, and only its claim was left."""
    assert repair_plan(lock, found, FinalState(status="FAILED", ending=ending, last_move=last_move)).ending == ending


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("ABORTED", "was stopped"),
        ("TIMED_OUT", "ran out of time"),
        ("FAILED", "failed"),
        ("SUCCEEDED", "ended"),
        ("gone", "is gone"),
    ],
)
def test_the_guardian_says_how_the_execution_ended(status, said):
    cause = repair_plan(SHIFTING, alias("3", v4=10), FinalState(status=status)).ending.cause
    assert cause == (
        f"my-api:live serves version 3 alone again; execution my-api-4 {said},"
        " and the guardian has put its alias in order"
    )


def test_a_rollout_that_ended_before_its_first_write_has_touched_nothing():
    """P6, P10."""
    cause = repair_plan(lock_of(rollout()), alias("3"), FinalState(status="TIMED_OUT")).ending.cause
    assert cause == "execution my-api-4 ran out of time before it had written to my-api:live"


@pytest.mark.parametrize(
    ("found", "there"),
    [
        (alias("5"), "points at version 5"),
        (alias("3", v5=10), "points at version 3 with 10 % to version 5"),
        (None, "no longer exists"),
    ],
)
def test_an_alias_that_somebody_else_has_moved_is_said_to_be_where_it_is(found, there):
    """P2, P10."""
    cause = repair_plan(SHIFTING, found, FinalState(status="ABORTED")).ending.cause
    assert cause == (
        "my-api:live was moved by another writer: version 3, alone or with a share to version 4, was expected, but it"
        f" {there}. It is left as it is; the rollout was being taken back because: execution my-api-4 was stopped"
    )


def test_a_promotion_that_nobody_watched_to_its_end_says_so():
    cause = repair_plan(PROMOTING, alias("4"), FinalState(status="ABORTED")).ending.cause
    assert cause == (
        "my-api:live serves version 4 alone; execution my-api-4 was stopped before the bake was over, so it was not"
        " watched to its end"
    )


def test_a_bake_that_ended_well_is_not_called_unwatched():
    """P10: only the closing failed."""
    cause = repair_plan(PROMOTING, alias("4"), FinalState(status="SUCCEEDED", last_move=Move.FINISH)).ending.cause
    assert cause == "my-api:live serves version 4 alone; execution my-api-4 could not close the ledger itself"


def test_an_alias_left_to_a_person_is_left_as_it_is():
    """P10: the policy asked for it."""
    cause = repair_plan(SHIFTING, alias("3", v4=10), FinalState(status="FAILED", last_move=Move.HAND_OVER)).ending.cause
    assert cause == "my-api:live is left for a person to decide; it serves version 3 with 10 % to version 4"


def test_an_alias_left_to_a_person_that_is_gone_is_said_to_be_gone():
    """P10."""
    cause = repair_plan(SHIFTING, None, FinalState(status="FAILED", last_move=Move.HAND_OVER)).ending.cause
    assert cause == "my-api:live is left for a person to decide; it serves nothing, as it is gone"


def test_a_whole_alias_is_written_again():
    """P1: a task that outlives StopExecution must not find the revision it decided on."""
    whole: list[tuple[Lock, AliasState]] = [(SHIFTING, alias("3")), (PROMOTING, alias("4"))]
    assert all(repair_plan(lock, found, FinalState(status="ABORTED")).serve for lock, found in whole)
