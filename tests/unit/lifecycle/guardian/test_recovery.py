"""Tests of the guardian's repair plan: every alias is restored or left to its writer, with a true ending."""

import pytest

from rollout.domain.enums import Move, Outcome
from rollout.lifecycle.guardian.recovery import FinalState, repair_plan
from rollout.state.alias import AliasState
from rollout.state.endings import ending_of
from rollout.state.lock import Lock, PlannedWrite, lock_of
from tests.commands import command
from tests.samples import policy, rollout

UNWRITTEN = lock_of(rollout())
SHIFTING = lock_of(rollout(), PlannedWrite(version="3", shares={"4": 10}))
PROMOTING = lock_of(rollout(), PlannedWrite(version="4"))
AT_ONCE = lock_of(rollout(policy=policy(steps="AllAtOnce"), step=0, first_shift_at=None), PlannedWrite(version="4"))
ROLLBACK_FAILED = ending_of(Outcome.ROLLBACK_FAILED, "my-api:live may still be split")
PROMOTED = ending_of(Outcome.PROMOTED, "my-api:live serves version 4 alone; healthy")
ROLLED_BACK = ending_of(Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again; it failed")


def alias(version: str, **shares: float) -> AliasState:
    return AliasState(version=version, revision_id="r", shares={name[1:]: percent for name, percent in shares.items()})


@pytest.mark.parametrize(
    ("lock", "state", "last", "serve", "outcome"),
    [
        (SHIFTING, alias("3", v4=10), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (SHIFTING, alias("3", v4=50), FinalState(status="TIMED_OUT"), "3", Outcome.ROLLED_BACK),
        (SHIFTING, alias("3"), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("3", v4=50), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), FinalState(status="ABORTED"), "4", Outcome.PROMOTED),
        (PROMOTING, alias("4", v3=50), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), FinalState(status="ABORTED", last_move=Move.ROLL_BACK), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), FinalState(status="FAILED", ending=ROLLBACK_FAILED), "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), FinalState(status="SUCCEEDED", ending=PROMOTED), "4", Outcome.PROMOTED),
        (SHIFTING, alias("3", v4=10), FinalState(status="FAILED", ending=ROLLBACK_FAILED), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("3"), FinalState(status="ABORTED"), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("4"), FinalState(status="ABORTED"), "4", Outcome.PROMOTED),
        (AT_ONCE, alias("4"), FinalState(status="ABORTED", last_move=Move.ROLL_BACK), "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("5"), FinalState(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("5"), FinalState(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("4"), FinalState(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, alias("3", v5=10), FinalState(status="ABORTED"), None, Outcome.HANDED_OVER),
        (SHIFTING, None, FinalState(status="gone"), None, Outcome.HANDED_OVER),
        (UNWRITTEN, alias("3"), FinalState(status="FAILED"), None, Outcome.REJECTED),
        (UNWRITTEN, alias("3"), FinalState(status="TIMED_OUT"), "3", Outcome.REJECTED),
        (UNWRITTEN, alias("3"), FinalState(status="ABORTED"), "3", Outcome.REJECTED),
        (UNWRITTEN, alias("3"), FinalState(status="FAILED", error="AliasBusyError"), None, Outcome.REJECTED),
        (UNWRITTEN, alias("3"), FinalState(status="FAILED", error="RollbackFailed"), "3", Outcome.REJECTED),
        (UNWRITTEN, alias("3"), FinalState(status="FAILED", error="RolloutHandedOver"), "3", Outcome.REJECTED),
        (
            UNWRITTEN,
            alias("3"),
            FinalState(status="FAILED", error="RolloutRolledBack", ending=ROLLED_BACK),
            "3",
            Outcome.ROLLED_BACK,
        ),
        (UNWRITTEN, alias("5"), FinalState(status="ABORTED"), None, Outcome.REJECTED),
        (UNWRITTEN, alias("3", v4=10), FinalState(status="ABORTED"), None, Outcome.REJECTED),
        (UNWRITTEN, None, FinalState(status="ABORTED"), None, Outcome.REJECTED),
        (SHIFTING, alias("3", v4=10), FinalState(status="FAILED", last_move=Move.HAND_OVER), None, Outcome.HANDED_OVER),
        (SHIFTING, None, FinalState(status="FAILED", last_move=Move.HAND_OVER), None, Outcome.HANDED_OVER),
        (PROMOTING, alias("4"), FinalState(status="SUCCEEDED", last_move=Move.FINISH), "4", Outcome.PROMOTED),
    ],
)
def test_repair_plan_restores_own_states_and_leaves_others(lock, state, last, serve, outcome):
    """P1, P2, P10."""
    plan = repair_plan(lock, state, last)
    assert (plan.serve, plan.ending.outcome) == (serve, outcome)


LEFT = ending_of(Outcome.HANDED_OVER, "my-api:live is left with 10 % on version 4, for a person to decide; few calls")


@pytest.mark.parametrize(
    ("lock", "state", "ending", "last_move"),
    [
        (SHIFTING, alias("3"), ROLLED_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("3", v4=10), ROLLED_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("5"), ROLLED_BACK, Move.ROLL_BACK),
        (SHIFTING, None, ROLLED_BACK, Move.ROLL_BACK),
        (SHIFTING, alias("3", v4=10), LEFT, Move.HAND_OVER),
        (PROMOTING, alias("4"), PROMOTED, Move.FINISH),
        (UNWRITTEN, alias("3"), LEFT, None),
    ],
)
def test_ending_in_ledger_is_kept(lock, state, ending, last_move):
    """P10: the rollout closed its ledger entry, and only its lock remains."""
    assert repair_plan(lock, state, FinalState(status="FAILED", ending=ending, last_move=last_move)).ending == ending


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("ABORTED", "was stopped"),
        ("TIMED_OUT", "timed out"),
        ("FAILED", "failed"),
        ("SUCCEEDED", "ended"),
        ("gone", "disappeared"),
        ("PENDING", "is PENDING"),
    ],
)
def test_rolled_back_ending_names_status_of_execution(status, verb):
    cause = repair_plan(SHIFTING, alias("3", v4=10), FinalState(status=status)).ending.cause
    assert cause == (
        f"my-api:live serves version 3 alone again; execution my-api-4 {verb}, and the guardian repaired the alias"
    )


def test_ending_before_first_write_is_rejected():
    """P6, P10."""
    cause = repair_plan(UNWRITTEN, alias("3"), FinalState(status="TIMED_OUT")).ending.cause
    assert cause == "execution my-api-4 timed out before it wrote to my-api:live"


@pytest.mark.parametrize(
    ("state", "actual"),
    [
        (alias("5"), "points at version 5"),
        (alias("3", v5=10), "points at version 3 with 10 % to version 5"),
        (None, "no longer exists"),
    ],
)
def test_moved_alias_is_reported_with_expected_and_actual_state(state, actual):
    """P2, P10."""
    cause = repair_plan(SHIFTING, state, FinalState(status="ABORTED")).ending.cause
    assert cause == (
        "my-api:live was moved by another writer: version 3, alone or with a share to version 4, was expected, but it"
        f" {actual}. The alias is left as it is; the rollout was being rolled back because: execution my-api-4 was"
        " stopped"
    )


def test_promotion_with_stopped_bake_is_reported_as_incomplete():
    cause = repair_plan(PROMOTING, alias("4"), FinalState(status="ABORTED")).ending.cause
    assert cause == (
        "my-api:live serves version 4 alone; execution my-api-4 was stopped before the bake ended, so the bake is"
        " incomplete"
    )


def test_promotion_with_finished_bake_is_reported_as_closed_by_guardian():
    """P10: only CloseRollout failed."""
    cause = repair_plan(PROMOTING, alias("4"), FinalState(status="SUCCEEDED", last_move=Move.FINISH)).ending.cause
    assert cause == (
        "my-api:live serves version 4 alone; execution my-api-4 did not close the rollout, so the guardian closed it"
    )


def test_alias_handed_over_by_policy_is_reported_with_its_state():
    """P10."""
    cause = repair_plan(SHIFTING, alias("3", v4=10), FinalState(status="FAILED", last_move=Move.HAND_OVER)).ending.cause
    assert cause == "my-api:live is left for a person to decide; it serves version 3 with 10 % to version 4"


def test_deleted_alias_handed_over_by_policy_is_reported_as_deleted():
    """P10."""
    cause = repair_plan(SHIFTING, None, FinalState(status="FAILED", last_move=Move.HAND_OVER)).ending.cause
    assert cause == "my-api:live is left for a person to decide; the alias no longer exists"


def test_unsplit_alias_is_written_again():
    """P1: a task that outlives StopExecution must not find the revision it decided on."""
    unsplit: list[tuple[Lock, AliasState]] = [(SHIFTING, alias("3")), (PROMOTING, alias("4"))]
    assert all(repair_plan(lock, state, FinalState(status="ABORTED")).serve for lock, state in unsplit)


def commanded(lock: Lock, *kinds: str) -> Lock:
    return lock.model_copy(update={"commands": tuple(map(command, kinds))})


STOPPED = FinalState(status="ABORTED")


@pytest.mark.parametrize(
    ("lock", "state", "last_move", "serve", "outcome"),
    [
        (SHIFTING, alias("3", v4=10), None, "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), None, "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("3", v4=50), None, "3", Outcome.ROLLED_BACK),
        (PROMOTING, alias("4"), Move.FINISH, "3", Outcome.ROLLED_BACK),
        (AT_ONCE, alias("4"), None, "3", Outcome.ROLLED_BACK),
        (SHIFTING, alias("3", v4=10), Move.HAND_OVER, "3", Outcome.ROLLED_BACK),
        (SHIFTING, alias("5"), None, None, Outcome.HANDED_OVER),
        (UNWRITTEN, alias("3"), None, "3", Outcome.REJECTED),
    ],
)
def test_aborted_rollout_is_rolled_back_also_out_of_its_bake(lock, state, last_move, serve, outcome):
    """P1, P2, P11."""
    plan = repair_plan(commanded(lock, "abort"), state, FinalState(status="ABORTED", last_move=last_move))
    assert (plan.serve, plan.ending.outcome) == (serve, outcome)


BY_COMMAND = "it was aborted by the command abort-1: the database is slow (execution my-api-4 was stopped)"


@pytest.mark.parametrize(
    ("lock", "state", "cause"),
    [
        (
            SHIFTING,
            alias("3", v4=10),
            f"my-api:live serves version 3 alone again; {BY_COMMAND}, and the guardian repaired the alias",
        ),
        (UNWRITTEN, alias("3"), f"{BY_COMMAND} before it wrote to my-api:live"),
    ],
)
def test_ending_of_an_aborted_rollout_names_the_command(lock, state, cause):
    """P10, P11."""
    assert repair_plan(commanded(lock, "abort"), state, STOPPED).ending.cause == cause


@pytest.mark.parametrize(
    ("lock", "state", "ending", "last_move", "serve"),
    [
        (PROMOTING, alias("4"), PROMOTED, Move.FINISH, "4"),
        (SHIFTING, alias("3", v4=10), LEFT, Move.HAND_OVER, None),
    ],
)
def test_abort_that_comes_after_the_ending_changes_nothing(lock, state, ending, last_move, serve):
    """P10: the ledger has the ending, so the alias has to agree with it."""
    last = FinalState(status="ABORTED", ending=ending, last_move=last_move)
    plan = repair_plan(commanded(lock, "abort"), state, last)
    assert (plan.serve, plan.ending) == (serve, ending)


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED", "gone"])
@pytest.mark.parametrize(
    ("lock", "state", "serve", "shares"),
    [
        (SHIFTING, alias("3", v4=10), "3", {"4": 10}),
        (PROMOTING, alias("4"), "4", {}),
        (SHIFTING, alias("5"), None, {}),
        (SHIFTING, None, None, {}),
    ],
)
def test_frozen_alias_is_left_as_it_is_however_its_execution_ended(lock, state, status, serve, shares):
    """P1: a person asked to freeze it. P3: only its revision changes, so that no late task of the rollout writes it."""
    plan = repair_plan(commanded(lock, "pause", "freeze"), state, FinalState(status=status))
    assert (plan.serve, plan.shares, plan.ending.outcome) == (serve, shares, Outcome.HANDED_OVER)
    assert "frozen by the command freeze-1 since 2026-03-01T12:01Z: the database is slow; exec" in plan.ending.cause


def test_frozen_rollout_before_its_first_write_was_not_begun():
    plan = repair_plan(commanded(UNWRITTEN, "freeze"), alias("3"), STOPPED)
    assert plan.ending.outcome is Outcome.REJECTED


@pytest.mark.parametrize("kinds", [("freeze", "release"), ("freeze", "abort"), ("pause",)])
def test_alias_that_is_no_longer_frozen_is_restored(kinds):
    """P1."""
    plan = repair_plan(commanded(SHIFTING, *kinds), alias("3", v4=10), FinalState(status="TIMED_OUT"))
    assert (plan.serve, plan.ending.outcome) == ("3", Outcome.ROLLED_BACK)
