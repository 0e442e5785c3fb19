"""A rollout goes on only while it holds its claim, nobody wants its place, and its alias is as it left it."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.lifecycle.decide import decide
from rollout.lifecycle.ownership import Ownership, apply_ownership_check
from rollout.state.alias import AliasState
from rollout.state.endings import ending_of
from rollout.state.lock import Lock, lock_of
from rollout.state.rollout import Rollout
from tests.samples import AT, ON_AWS, judgement, policy, rollout

HEALTHY, UNHEALTHY, THIN = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.INCONCLUSIVE
LAST_STEP = {"step": 2}
BAKE = {"step": 2, "phase": Phase.BAKE}
CLAIM = lock_of(rollout())


def decided(begun: Rollout, verdict: Verdict, after_seconds: float) -> Rollout:
    return decide(begun, judgement(verdict), AT + timedelta(seconds=after_seconds), ON_AWS)


def ownership(found: AliasState | None, lock: Lock | None = CLAIM, **changes: object) -> Ownership:
    return Ownership(alias=found, lock=lock).model_copy(update=changes)


def alias(version: str, **shares: float) -> AliasState:
    return AliasState(version=version, revision_id="r", shares={name[1:]: percent for name, percent in shares.items()})


THIRD = {"policy": policy(steps=[{"percent": 33.33333, "hold": "5m"}])}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, alias("3", v4=10)),
        (LAST_STEP, alias("3", v4=50)),
        (THIRD, alias("3", v4=33.3333)),
        (BAKE, alias("4")),
    ],
)
def test_an_alias_as_we_left_it_changes_nothing(where, found):
    """P2: nor is Lambda's rounding a stranger's hand."""
    looked = decided(rollout(**where), HEALTHY, 300)
    assert apply_ownership_check(looked, ownership(found)) == looked


def test_the_share_lambda_keeps_for_stable_while_it_allocates_capacity_is_no_strangers_hand():
    """P2."""
    looked = decided(rollout(**BAKE), HEALTHY, 100)
    assert looked.next_move is Move.WAIT
    assert apply_ownership_check(looked, ownership(alias("4", v3=90))) == looked


def test_no_rollout_ends_green_while_stable_still_has_a_share():
    """P10."""
    looked = decided(rollout(**BAKE), HEALTHY, 300)
    assert looked.next_move is Move.FINISH
    assert apply_ownership_check(looked, ownership(alias("4", v3=30))).next_move is Move.HAND_OVER


STEP_LEFT, BAKE_LEFT = "version 3 with 10 % to version 4", "version 4"
MOVED = [
    ({}, alias("3"), STEP_LEFT, "points at version 3"),
    ({}, alias("4"), STEP_LEFT, "points at version 4"),
    ({}, alias("5"), STEP_LEFT, "points at version 5"),
    ({}, alias("3", v4=10.1), STEP_LEFT, "points at version 3 with 10.1 % to version 4"),
    ({}, alias("3", v5=10), STEP_LEFT, "points at version 3 with 10 % to version 5"),
    ({}, alias("5", v4=10), STEP_LEFT, "points at version 5 with 10 % to version 4"),
    ({}, None, STEP_LEFT, "no longer exists"),
    (BAKE, alias("3"), BAKE_LEFT, "points at version 3"),
    (BAKE, alias("3", v4=50), BAKE_LEFT, "points at version 3 with 50 % to version 4"),
    (BAKE, alias("4", v5=10), BAKE_LEFT, "points at version 4 with 10 % to version 5"),
    (BAKE, None, BAKE_LEFT, "no longer exists"),
]


@pytest.mark.parametrize(("where", "found", "left", "there"), MOVED)
@pytest.mark.parametrize("verdict", [HEALTHY, THIN])
def test_an_alias_moved_by_somebody_else_is_handed_over(where, found, left, there, verdict):
    """P2, P10: with the sentence that tells what was expected, and what is there."""
    after = apply_ownership_check(decided(rollout(**where), verdict, 300), ownership(found))
    said = f"my-api:live was moved by another writer: {left} was expected, but it {there}. It is left as it is"
    assert (after.next_move, after.reason) == (Move.HAND_OVER, said)
    assert (after.ending.outcome, after.ending.error, after.ending.cause) == (
        Outcome.HANDED_OVER,
        "RolloutHandedOver",
        said,
    )


@pytest.mark.parametrize(("where", "found"), [(where, found) for where, found, _, _ in MOVED])
def test_an_unhealthy_canary_is_taken_back_whoever_moved_the_alias(where, found):
    """P1: RollBack knows which aliases are ours to write."""
    looked = decided(rollout(**where), UNHEALTHY, 300)
    assert apply_ownership_check(looked, ownership(found)) == looked


ELSEWHERE = CLAIM.model_copy(update={"holder": CLAIM.holder.model_copy(update={"arn": "another"})})
SEIZED = CLAIM.model_copy(update={"is_taken_over": True})


@pytest.mark.parametrize("lock", [None, ELSEWHERE, SEIZED])
@pytest.mark.parametrize("verdict", Verdict)
def test_a_rollout_without_its_claim_ends_as_the_ledger_says(lock, verdict):
    """P3, P10: where the guardian has been, a redriven execution ends in what the guardian did."""
    ended = ending_of(Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again")
    after = apply_ownership_check(decided(rollout(), verdict, 300), ownership(alias("3"), lock, ended=ended))
    assert (after.next_move, after.ending, after.reason) == (Move.HAND_OVER, ended, ended.cause)


def test_a_rollout_without_its_claim_that_the_ledger_does_not_know_to_have_ended_goes_the_way_back():
    """P1, P3: which writes nothing without the claim, and says to the next guardian that nothing was handed over."""
    after = apply_ownership_check(decided(rollout(), HEALTHY, 300), ownership(alias("3", v4=10), None))
    assert (after.next_move, after.ending) == (Move.ROLL_BACK, None)
    assert after.reason == "my-api:live is claimed by this rollout no longer"


def test_a_rollout_is_taken_back_for_the_version_that_supersedes_it():
    wanted = CLAIM.model_copy(update={"superseded_by": "5"})
    after = apply_ownership_check(decided(rollout(), HEALTHY, 60), ownership(alias("3", v4=10), wanted))
    assert after.next_move is Move.ROLL_BACK
    assert after.reason.startswith("version 5 was published and is to be rolled out in place of this one; healthy")


def test_a_promoted_version_is_not_taken_back_for_a_newer_one():
    """It serves everybody already; the newer one waits for the bake to end."""
    wanted = CLAIM.model_copy(update={"superseded_by": "5"})
    assert (
        apply_ownership_check(decided(rollout(**BAKE), HEALTHY, 60), ownership(alias("4"), wanted)).next_move
        is Move.WAIT
    )


def test_a_superseded_rollout_is_not_left_to_a_person_first():
    """P1: what its own look had decided ends nothing."""
    wanted = CLAIM.model_copy(update={"superseded_by": "5"})
    thin = decided(rollout(policy=policy(max_extension=0, on_inconclusive="hand_over")), THIN, 300)
    assert thin.ending.outcome is Outcome.HANDED_OVER
    after = apply_ownership_check(thin, ownership(alias("3", v4=10), wanted))
    assert (after.next_move, after.ending) == (Move.ROLL_BACK, None)
