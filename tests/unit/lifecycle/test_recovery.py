"""Whatever a rollout left behind, the guardian makes whole, and says truly what it found."""

import pytest

from rollout.domain.enums import Move, Outcome
from rollout.lifecycle.recovery import LastWord, mending
from rollout.state.alias import AliasState
from rollout.state.endings import ending_of
from rollout.state.lock import Claim, Intent, claim_of
from tests.samples import policy, rollout

SHIFTING = claim_of(rollout(), Intent(version="3", shares={"4": 10}))
PROMOTING = claim_of(rollout(), Intent(version="4"))
AT_ONCE = claim_of(rollout(policy=policy(steps="AllAtOnce"), step=0, first_shift_at=None), Intent(version="4"))
FAILED_BACK = ending_of(Outcome.ROLLBACK_FAILED, "my-api:live may still be split")
PROMOTED = ending_of(Outcome.PROMOTED, "my-api:live serves version 4 alone; healthy")
TAKEN_BACK = ending_of(Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again; it failed")


def alias(version: str, **shares: float) -> AliasState:
    return AliasState(version=version, revision_id="r", shares={name[1:]: percent for name, percent in shares.items()})


UNTOUCHED = AliasState(version="3", revision_id=rollout().revision_id)


@pytest.mark.parametrize(
    ("claim", "found", "last", "serve", "outcome"),
    [
        (SHIFTING, alias("3", v4=10), LastWord(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (SHIFTING, alias("3", v4=50), LastWord(status="TIMED_OUT"), "3", Outcome.ROLLED_BACK),
        (SHIFTING, alias("3"), LastWord(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("3", v4=50), LastWord(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), LastWord(status="ABORTED"), "4", Outcome.PROMOTED),
        (PROMOTING, alias("4", v3=50), LastWord(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), LastWord(status="ABORTED", last_move=Move.ROLL_BACK), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), LastWord(status="FAILED", ending=FAILED_BACK), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), LastWord(status="SUCCEEDED", ending=PROMOTED), "4", Outcome.PROMOTED),
        (SHIFTING, alias("3", v4=10), LastWord(status="FAILED", ending=FAILED_BACK), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("3"), LastWord(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("4"), LastWord(status="ABORTED"), "4", Outcome.PROMOTED),
        (AT_ONCE, alias("4"), LastWord(status="ABORTED", last_move=Move.ROLL_BACK), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("5"), LastWord(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("5"), LastWord(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("4"), LastWord(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("3", v5=10), LastWord(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, None, LastWord(status="gone"), None, Outcome.HANDED_OVER),
        (claim_of(rollout()), alias("3"), LastWord(status="FAILED"), None, Outcome.REJECTED),
        (claim_of(rollout()), UNTOUCHED, LastWord(status="FAILED"), None, Outcome.REJECTED),
        (claim_of(rollout()), UNTOUCHED, LastWord(status="ABORTED"), "3", Outcome.REJECTED),
        (claim_of(rollout()), UNTOUCHED, LastWord(status="TIMED_OUT"), "3", Outcome.REJECTED),
        (claim_of(rollout()), alias("3"), LastWord(status="ABORTED"), None, Outcome.REJECTED),
        (claim_of(rollout()), None, LastWord(status="ABORTED"), None, Outcome.REJECTED),
        (SHIFTING, alias("3", v4=10), LastWord(status="FAILED", last_move=Move.HAND_OVER), None, Outcome.HANDED_OVER),
        (SHIFTING, None, LastWord(status="FAILED", last_move=Move.HAND_OVER), None, Outcome.HANDED_OVER),
        (PROMOTING, alias("4"), LastWord(status="SUCCEEDED", last_move=Move.FINISH), "4", Outcome.PROMOTED),
    ],
)
def test_what_was_left_behind_is_made_whole_or_left_to_whoever_moved_it(claim, found, last, serve, outcome):
    """P1, P2, P10."""
    mended = mending(claim, found, last)
    assert (mended.serve, mended.ending.outcome) == (serve, outcome)


LEFT = ending_of(Outcome.HANDED_OVER, "my-api:live is left with 10 % on version 4, for a person to decide; too thin")


@pytest.mark.parametrize(
    ("claim", "found", "ending", "last_move"),
    [
        (SHIFTING, alias("3"), TAKEN_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("3", v4=10), TAKEN_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("5"), TAKEN_BACK, Move.ROLL_BACK),
        (SHIFTING, None, TAKEN_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("3", v4=10), LEFT, Move.HAND_OVER),
        (PROMOTING, alias("4"), PROMOTED, Move.FINISH),
        (claim_of(rollout()), alias("3"), LEFT, None),
    ],
)
def test_an_ending_that_was_reached_is_kept(claim, found, ending, last_move):
    """P10: the rollout closed well, and only its claim was left."""
    assert mending(claim, found, LastWord(status="FAILED", ending=ending, last_move=last_move)).ending == ending


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
    cause = mending(SHIFTING, alias("3", v4=10), LastWord(status=status)).ending.cause
    assert cause == (
        f"my-api:live serves version 3 alone again; execution my-api-4 {said},"
        " and the guardian has put its alias in order"
    )


def test_a_rollout_that_ended_before_its_first_write_has_touched_nothing():
    """P6, P10."""
    cause = mending(claim_of(rollout()), alias("3"), LastWord(status="TIMED_OUT")).ending.cause
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
    cause = mending(SHIFTING, found, LastWord(status="ABORTED")).ending.cause
    assert cause == (
        "my-api:live was moved by somebody else: version 3, alone or with a share to version 4, was expected, and it"
        f" {there}. It is left as it is; the rollout was being taken back because: execution my-api-4 was stopped"
    )


def test_a_promotion_that_nobody_watched_to_its_end_says_so():
    cause = mending(PROMOTING, alias("4"), LastWord(status="ABORTED")).ending.cause
    assert cause == (
        "my-api:live serves version 4 alone; execution my-api-4 was stopped before the bake was over, so it was not"
        " watched to its end"
    )


def test_a_bake_that_ended_well_is_not_called_unwatched():
    """P10: only the closing failed."""
    cause = mending(PROMOTING, alias("4"), LastWord(status="SUCCEEDED", last_move=Move.FINISH)).ending.cause
    assert cause == "my-api:live serves version 4 alone; execution my-api-4 could not close the ledger itself"


def test_an_alias_left_to_a_person_is_left_as_it_is():
    """P10: the policy asked for it."""
    cause = mending(SHIFTING, alias("3", v4=10), LastWord(status="FAILED", last_move=Move.HAND_OVER)).ending.cause
    assert cause == "my-api:live is left for a person to decide; it serves version 3 with 10 % to version 4"


def test_an_alias_left_to_a_person_that_is_gone_is_said_to_be_gone():
    """P10."""
    cause = mending(SHIFTING, None, LastWord(status="FAILED", last_move=Move.HAND_OVER)).ending.cause
    assert cause == "my-api:live is left for a person to decide; it serves nothing, as it is gone"


def test_a_whole_alias_is_written_again():
    """P1: a task that outlives StopExecution must not find the revision it decided on."""
    whole: list[tuple[Claim, AliasState]] = [(SHIFTING, alias("3")), (PROMOTING, alias("4"))]
    assert all(mending(claim, found, LastWord(status="ABORTED")).serve for claim, found in whole)
