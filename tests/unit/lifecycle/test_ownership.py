"""Tests of the ownership check: a rollout goes on only with its lock, its alias as written, and no newer version."""

from datetime import timedelta

import pytest

from rollout.domain.enums import Move, Outcome, Phase, Verdict
from rollout.lifecycle.decide import decide
from rollout.lifecycle.orders import Orders
from rollout.lifecycle.ownership import Ownership, apply_ownership_check, waiting_for_command
from rollout.state.alias import AliasState
from rollout.state.endings import ending_of
from rollout.state.lock import Lock, lock_of
from rollout.state.rollout import Rollout
from tests.commands import command
from tests.samples import AT, ON_AWS, judgement, policy, rollout

HEALTHY, UNHEALTHY, INCONCLUSIVE = Verdict.HEALTHY, Verdict.UNHEALTHY, Verdict.INCONCLUSIVE
LAST_STEP = {"step": 2}
BAKE = {"step": 2, "phase": Phase.BAKE}
LOCK = lock_of(rollout())


def decided(begun: Rollout, verdict: Verdict, after_seconds: float) -> Rollout:
    return decide(begun, judgement(verdict), AT + timedelta(seconds=after_seconds), ON_AWS)


def ownership(state: AliasState | None, lock: Lock | None = LOCK, **changes: object) -> Ownership:
    return Ownership(alias=state, lock=lock).model_copy(update=changes)


def alias(version: str, **shares: float) -> AliasState:
    return AliasState(version=version, revision_id="r", shares={name[1:]: percent for name, percent in shares.items()})


THIRD = {"policy": policy(steps=[{"percent": 33.33333, "hold": "5m"}])}


@pytest.mark.parametrize(
    ("position", "state"),
    [
        ({}, alias("3", v4=10)),
        (LAST_STEP, alias("3", v4=50)),
        (THIRD, alias("3", v4=33.3333)),
        (BAKE, alias("4")),
    ],
)
def test_alias_as_written_keeps_decision(position, state):
    """P2: Lambda's rounding of weights is no outside change."""
    decision = decided(rollout(**position), HEALTHY, 300)
    assert apply_ownership_check(decision, ownership(state)) == with_revision_of(state, decision)


def with_revision_of(state: AliasState, decision: Rollout) -> Rollout:
    """Return the decision with the alias's revision: a changed description or permission must not stop the next write.

    RestoreAlias, too, writes with the revision in the document.
    """
    assert state.revision_id != decision.revision_id
    return decision.model_copy(update={"revision_id": state.revision_id})


def test_share_for_stable_during_capacity_allocation_keeps_decision():
    """P2: Lambda itself keeps the share while it allocates provisioned concurrency."""
    decision = decided(rollout(**BAKE), HEALTHY, 100)
    assert decision.next_move is Move.WAIT
    state = alias("4", v3=90)
    assert apply_ownership_check(decision, ownership(state)) == with_revision_of(state, decision)


def test_promotion_does_not_finish_while_stable_has_a_share():
    """P10."""
    decision = decided(rollout(**BAKE), HEALTHY, 300)
    assert decision.next_move is Move.FINISH
    assert apply_ownership_check(decision, ownership(alias("4", v3=30))).next_move is Move.HAND_OVER


STEP_STATE, BAKE_STATE = "version 3 with 10 % to version 4", "version 4"
MOVED = [
    ({}, alias("3"), STEP_STATE, "points at version 3"),
    ({}, alias("4"), STEP_STATE, "points at version 4"),
    ({}, alias("5"), STEP_STATE, "points at version 5"),
    ({}, alias("3", v4=10.1), STEP_STATE, "points at version 3 with 10.1 % to version 4"),
    ({}, alias("3", v5=10), STEP_STATE, "points at version 3 with 10 % to version 5"),
    ({}, alias("5", v4=10), STEP_STATE, "points at version 5 with 10 % to version 4"),
    ({"alias_missing": 2}, None, STEP_STATE, "no longer exists"),
    (BAKE, alias("3"), BAKE_STATE, "points at version 3"),
    (BAKE, alias("3", v4=50), BAKE_STATE, "points at version 3 with 50 % to version 4"),
    (BAKE, alias("4", v5=10), BAKE_STATE, "points at version 4 with 10 % to version 5"),
    (BAKE | {"alias_missing": 2}, None, BAKE_STATE, "no longer exists"),
]


@pytest.mark.parametrize(("position", "state", "expected", "actual"), MOVED)
@pytest.mark.parametrize("verdict", [HEALTHY, INCONCLUSIVE])
def test_moved_alias_is_handed_over_with_expected_and_actual_state(position, state, expected, actual, verdict):
    """P2, P10."""
    checked = apply_ownership_check(decided(rollout(**position), verdict, 300), ownership(state))
    sentence = (
        f"my-api:live was moved by another writer: {expected} was expected, but it {actual}. The alias is left as it is"
    )
    assert (checked.next_move, checked.reason) == (Move.HAND_OVER, sentence)
    assert (checked.ending.outcome, checked.ending.error, checked.ending.cause) == (
        Outcome.HANDED_OVER,
        "RolloutHandedOver",
        sentence,
    )


@pytest.mark.parametrize("position", [{}, LAST_STEP, BAKE])
@pytest.mark.parametrize("verdict", [HEALTHY, INCONCLUSIVE])
def test_missing_alias_is_waited_for_at_two_evaluations(position, verdict):
    """P2: some tools delete an alias and create it again."""
    begun, waited = rollout(**position), []
    for _ in range(3):
        begun = apply_ownership_check(decided(begun, verdict, 300), ownership(None))
        waited.append((begun.next_move, begun.ending is None))
    assert waited == [(Move.WAIT, True), (Move.WAIT, True), (Move.HAND_OVER, False)]


def test_alias_that_exists_again_as_written_keeps_decision_and_is_waited_for_again():
    decision = decided(rollout(alias_missing=2), HEALTHY, 300)
    checked = apply_ownership_check(decision, ownership(alias("3", v4=10)))
    assert (checked.next_move, checked.alias_missing) == (decision.next_move, 0)


def test_sentence_of_a_missing_alias_counts_the_evaluations():
    checked = apply_ownership_check(decided(rollout(alias_missing=1), HEALTHY, 300), ownership(None))
    sentence = "my-api:live does not exist: the rollout waits for it at 2 of at most 2 evaluations; healthy: "
    assert checked.reason.startswith(sentence)


@pytest.mark.parametrize(("position", "state"), [(position, state) for position, state, _, _ in MOVED])
def test_unhealthy_canary_with_moved_alias_is_rolled_back(position, state):
    """P1: RollBack itself checks whether it may write the alias."""
    decision = decided(rollout(**position), UNHEALTHY, 300)
    assert apply_ownership_check(decision, ownership(state)) == decision


OTHER_HOLDER = LOCK.model_copy(update={"holder": LOCK.holder.model_copy(update={"arn": "another"})})
TAKEN_OVER = LOCK.model_copy(update={"is_taken_over": True})


@pytest.mark.parametrize("lock", [None, OTHER_HOLDER, TAKEN_OVER])
@pytest.mark.parametrize("verdict", Verdict)
def test_rollout_without_lock_ends_as_recorded_in_ledger(lock, verdict):
    """P3, P10: a redriven execution ends as the guardian ended the rollout."""
    ended = ending_of(Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again")
    checked = apply_ownership_check(decided(rollout(), verdict, 300), ownership(alias("3"), lock, ended=ended))
    assert (checked.next_move, checked.ending, checked.reason) == (Move.HAND_OVER, ended, ended.cause)


def test_rollout_without_lock_and_without_recorded_ending_is_rolled_back():
    """P1, P3: RollBack writes nothing without the lock, and the next guardian does not find a handed-over rollout."""
    checked = apply_ownership_check(decided(rollout(), HEALTHY, 300), ownership(alias("3", v4=10), None))
    assert (checked.next_move, checked.ending) == (Move.ROLL_BACK, None)
    assert checked.reason == "this rollout no longer holds the lock of my-api:live"


def test_superseded_rollout_is_rolled_back():
    superseded = LOCK.model_copy(update={"superseded_by": "5"})
    checked = apply_ownership_check(decided(rollout(), HEALTHY, 60), ownership(alias("3", v4=10), superseded))
    assert checked.next_move is Move.ROLL_BACK
    assert checked.reason.startswith("version 5 was published and supersedes this rollout; healthy")


def test_superseded_rollout_finishes_its_bake():
    """The canary already serves every call, so the newer version waits until the bake ends."""
    superseded = LOCK.model_copy(update={"superseded_by": "5"})
    checked = apply_ownership_check(decided(rollout(**BAKE), HEALTHY, 60), ownership(alias("4"), superseded))
    assert checked.next_move is Move.WAIT


def test_superseded_rollout_is_not_handed_over():
    """P1: the ending that the evaluation decided is dropped."""
    superseded = LOCK.model_copy(update={"superseded_by": "5"})
    decision = decided(rollout(policy=policy(max_extension=0, on_inconclusive="hand_over")), INCONCLUSIVE, 300)
    assert decision.ending.outcome is Outcome.HANDED_OVER
    checked = apply_ownership_check(decision, ownership(alias("3", v4=10), superseded))
    assert (checked.next_move, checked.ending) == (Move.ROLL_BACK, None)


FROZEN = LOCK.model_copy(update={"commands": (command("freeze"),)})


@pytest.mark.parametrize(
    ("state", "changes"),
    [(alias("5"), {}), (None, {}), (alias("3", v4=10), {"superseded_by": "5"}), (alias("3", v4=30), {})],
)
def test_frozen_rollout_decides_nothing_about_its_alias(state, changes):
    """A person who froze it may move the alias by hand, until the release."""
    lock = FROZEN.model_copy(update=changes)
    orders = ownership(state, lock).orders
    decision = decide(rollout(), judgement(UNHEALTHY), AT + timedelta(minutes=5), ON_AWS, orders=orders)
    assert apply_ownership_check(decision, ownership(state, lock)) == decision
    assert decision.next_move is Move.WAIT


def test_released_rollout_hands_over_an_alias_that_was_moved_meanwhile():
    """P2."""
    lock = LOCK.model_copy(update={"commands": (command("freeze"), command("release"))})
    checked = apply_ownership_check(decided(rollout(), HEALTHY, 100), ownership(alias("5"), lock))
    assert checked.next_move is Move.HAND_OVER


def test_frozen_rollout_without_its_lock_ends():
    """P3."""
    lock = FROZEN.model_copy(update={"is_taken_over": True})
    checked = apply_ownership_check(decided(rollout(), HEALTHY, 100), ownership(alias("3", v4=10), lock))
    assert checked.next_move is Move.ROLL_BACK


def test_paused_rollout_is_superseded_as_any_other():
    paused = LOCK.model_copy(update={"commands": (command("pause"),), "superseded_by": "5"})
    checked = apply_ownership_check(decided(rollout(), HEALTHY, 100), ownership(alias("3", v4=10), paused))
    assert checked.next_move is Move.ROLL_BACK


def test_ending_waits_for_a_command_that_its_evaluation_did_not_read():
    """P11."""
    decision = decided(rollout(policy=policy(max_extension=0, on_inconclusive="hand_over")), INCONCLUSIVE, 300)
    waiting = waiting_for_command(decision)
    assert (waiting.next_move, waiting.ending) == (Move.WAIT, None)
    assert waiting.reason.startswith("a command was taken during this evaluation, and the next one obeys it; inconcl")


def test_rollout_without_a_lock_has_no_orders():
    assert ownership(alias("3"), None).orders == Orders()
