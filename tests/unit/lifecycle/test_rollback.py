"""Tests of rollbacks: they need few fields, restore only the rollout's own states, and report the alias truly."""

import pytest

from rollout.domain.enums import Outcome
from rollout.lifecycle.rollback import Closing, RollbackContext, corrected_ending, is_own_state, rollback_ending
from rollout.state.alias import AliasState
from rollout.state.endings import ending_of, handed_over, rollback_failed, rolled_back
from rollout.state.failure import Failure
from rollout.state.lock import lock_of
from tests.samples import EXECUTION, TARGET, judgement, rollout

REQUIRED = {
    "execution": EXECUTION.model_dump(mode="json"),
    "target": TARGET.model_dump(),
    "stable_version": "3",
    "canary_version": "4",
}
PROMOTING, BAKING = {"next_move": "promote"}, {"phase": "bake"}


def rollback_context(**changes: object) -> RollbackContext:
    return RollbackContext.model_validate(REQUIRED | {"reason": "it failed"} | changes)


def alias(version: str, **shares: float) -> AliasState:
    return AliasState(version=version, revision_id="r", shares={name[1:]: percent for name, percent in shares.items()})


@pytest.mark.parametrize(
    ("state", "document", "outcome", "is_own"),
    [
        (alias("3"), {}, Outcome.ROLLED_BACK, True),
        (alias("3", v4=10), {}, Outcome.ROLLED_BACK, True),
        (alias("3", v4=0), {}, Outcome.ROLLED_BACK, True),
        (alias("4"), PROMOTING, Outcome.ROLLED_BACK, True),
        (alias("4"), BAKING, Outcome.ROLLED_BACK, True),
        (alias("4", v3=100), BAKING, Outcome.ROLLED_BACK, True),
        (alias("3"), BAKING, Outcome.ROLLED_BACK, True),
        (alias("4"), {}, Outcome.HANDED_OVER, False),
        (alias("4", v3=50), {}, Outcome.HANDED_OVER, False),
        (alias("5"), {}, Outcome.HANDED_OVER, False),
        (alias("3", v5=10), {}, Outcome.HANDED_OVER, False),
        (alias("5", v4=10), BAKING, Outcome.HANDED_OVER, False),
        (None, {}, Outcome.HANDED_OVER, False),
    ],
)
def test_rollback_restores_only_own_states(state, document, outcome, is_own):
    """P1, P2: an alias in any other state is handed over."""
    context = rollback_context(**document)
    assert rollback_ending(state, context).outcome is outcome
    assert (state is not None and is_own_state(state, context)) is is_own


@pytest.mark.parametrize(
    ("state", "document", "sentence"),
    [
        (
            alias("5", v4=10),
            {},
            "version 3, alone or with a share to version 4, was expected, but it points at version 5 with 10 % to",
        ),
        (alias("5"), BAKING, "version 3 or 4 was expected, but it points at version 5"),
        (None, {}, "but it no longer exists"),
    ],
)
def test_moved_alias_is_reported_with_expected_and_actual_state(state, document, sentence):
    """P2, P10."""
    cause = rollback_ending(state, rollback_context(**document)).cause
    assert cause.startswith("my-api:live was moved by another writer: ")
    assert sentence in cause
    assert cause.endswith("The alias is left as it is; the rollout was being rolled back because: it failed")


def test_failure_precedes_last_decision_in_cause():
    """P10."""
    context = rollback_context(failure={"Error": "States.Timeout"})
    assert rollback_ending(alias("3"), context).cause == "my-api:live serves version 3 alone again; States.Timeout"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"next_move": "pause", "phase": "release", "policy": "gone", "judgement": [], "step": "many"},
        {"failure": {"Error": "States.Timeout"}},
        rollout(judgement=judgement()).document(),
    ],
)
def test_invalid_document_can_be_rolled_back(document):
    """P1: a document that a later deployment wrote, or that no task understands, leads to RollBack."""
    assert is_own_state(alias("3", v4=10), RollbackContext.model_validate(document | REQUIRED))


BEFORE_TRAFFIC = {"start": "run_before_traffic_hooks", "next_move": "run_before_traffic_hooks"}


@pytest.mark.parametrize(
    ("document", "is_before"),
    [
        (BEFORE_TRAFFIC, True),
        (BEFORE_TRAFFIC | {"next_move": "wait"}, True),
        (BEFORE_TRAFFIC | {"next_move": "shift"}, False),
        (BEFORE_TRAFFIC | {"next_move": "promote"}, False),
        (BEFORE_TRAFFIC | {"next_move": "unknown"}, False),
        (BEFORE_TRAFFIC | {"next_move": "wait", "first_shift_at": "2026-03-01T12:00:00Z"}, False),
        ({"next_move": "wait"}, False),
        ({"start": "begin", "next_move": "wait"}, False),
        ({}, False),
    ],
)
def test_only_a_rollout_that_has_but_called_its_hooks_is_before_its_first_write(document, is_before):
    assert rollback_context(**document).is_before_first_write is is_before


def test_ending_in_document_is_kept():
    ending = rollback_ending(alias("3"), rollback_context())
    document = REQUIRED | {"execution": EXECUTION.model_dump(), "ending": ending.model_dump()}
    assert Closing.model_validate(document).known_ending == ending


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        ({"failure": {"Error": "Boom", "Cause": "No."}}, "; Boom: No. Do it by hand"),
        ({"failure": {"Error": "Boom"}}, "; Boom. Do it by hand"),
        ({}, "no task reported how"),
    ],
)
def test_document_without_ending_ends_in_rollback_failed(failure, sentence):
    """P10."""
    ending = Closing.model_validate(REQUIRED | {"execution": EXECUTION.model_dump()} | failure).known_ending
    assert ending.outcome is Outcome.ROLLBACK_FAILED
    assert sentence in ending.cause


@pytest.mark.parametrize(
    ("document", "is_rollback"),
    [
        ({"next_move": "roll_back"}, True),
        ({"next_move": "promote", "failure": {"Error": "Boom"}}, True),
        ({"next_move": "teleport"}, True),
        ({}, True),
        ({"next_move": "finish"}, False),
        ({"next_move": "hand_over"}, False),
    ],
)
def test_rollback_before_the_close_is_recognized(document, is_rollback):
    """P3: after a rollback, the lock is released only where no late task can still write."""
    assert Closing.model_validate(REQUIRED | document).was_rolled_back is is_rollback


LOCK = lock_of(rollout())
MARKED = LOCK.model_copy(update={"is_rolling_back": True})
RESTORED = rolled_back("my-api:live", "3", "it failed").model_copy(update={"restored_revision": "r"})
FAILED = rollback_failed("my-api:live", "3", Failure(Error="Lambda.PreconditionFailedException", Cause="stale"))


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (alias("3"), Outcome.ROLLED_BACK),
        (alias("3", v4=10), Outcome.ROLLBACK_FAILED),
        (alias("5"), Outcome.HANDED_OVER),
        (alias("3", v5=10), Outcome.HANDED_OVER),
        (None, Outcome.HANDED_OVER),
    ],
)
def test_failed_rollback_is_corrected_by_alias(state, outcome):
    """P10: the answer of RestoreAlias may be lost after its write, or another writer came first."""
    closing = Closing.model_validate(REQUIRED | {"reason": "it failed"})
    assert corrected_ending(FAILED, state, closing, LOCK).outcome is outcome


@pytest.mark.parametrize(
    ("state", "outcome", "sentence"),
    [
        (alias("3"), Outcome.ROLLED_BACK, "my-api:live serves version 3 alone again; it failed"),
        (
            alias("3", v4=10),
            Outcome.ROLLBACK_FAILED,
            (
                "my-api:live serves version 3 with 10 % to version 4, although AWS answered that the rollback to"
                " version 3 succeeded. The guardian repairs it within ten minutes, or do it by hand: docs/runbook.md,"
                " RollbackFailed. The rollout was being rolled back because: it failed"
            ),
        ),
        (alias("3", v4=0), Outcome.ROLLBACK_FAILED, "with 0 % to version 4, although AWS answered"),
        (alias("5"), Outcome.HANDED_OVER, "but it points at version 5"),
        (None, Outcome.HANDED_OVER, "but it no longer exists"),
    ],
)
def test_rollback_that_left_the_alias_split_is_not_reported_as_made(state, outcome, sentence):
    """P1, P10: that Step Functions passes on RestoreAlias's empty map of weights is not proven."""
    closing = Closing.model_validate(REQUIRED | {"reason": "it failed"})
    ending = corrected_ending(RESTORED, state, closing, MARKED)
    assert (ending.outcome, sentence in ending.cause) == (outcome, True)


@pytest.mark.parametrize(
    ("document", "revision", "is_added"),
    [
        ({"next_move": "roll_back", "reason": "too many errors"}, "r", True),
        ({"next_move": "shift", "reason": "too few errors"}, "r", False),  # a task failed after this decision
        ({"next_move": "roll_back", "reason": ""}, "r", False),
        ({"next_move": "roll_back", "reason": "too many errors"}, "", False),  # RollBack has said why itself
    ],
)
def test_ending_of_restore_alias_says_why_the_rollout_was_rolled_back(document, revision, is_added):
    restored = ending_of(Outcome.ROLLED_BACK, "The state machine itself restored it.")
    restored = restored.model_copy(update={"restored_revision": revision})
    ending = corrected_ending(restored, alias("3"), Closing.model_validate(REQUIRED | document), LOCK)
    added = " The rollout was being rolled back because: too many errors." if is_added else ""
    assert ending.cause == f"The state machine itself restored it.{added}"


@pytest.mark.parametrize(
    ("state", "document"),
    [
        (alias("4"), PROMOTING),
        (alias("4"), BAKING),
        (alias("4", v3=20), BAKING),
        (alias("3", v4=20), BAKING),
        (alias("3", v4=10), {}),
    ],
)
@pytest.mark.parametrize("revision", ["", "another"])
def test_rollback_that_another_writer_undid_was_made(state, document, revision):
    """P10: the rollout itself writes nothing after RollBack has marked the lock. RollbackFailed calls a person."""
    closing = Closing.model_validate(REQUIRED | {"reason": "it failed"} | document)
    ending = corrected_ending(RESTORED.model_copy(update={"restored_revision": revision}), state, closing, MARKED)
    assert ending.outcome is Outcome.HANDED_OVER
    assert f"version 3 was expected, but it points at {state.format()}. The alias is left as it is" in ending.cause


@pytest.mark.parametrize("state", [alias("3", v4=10), alias("4")])
def test_alias_that_a_late_task_may_have_written_is_not_reported_as_moved(state):
    """P10: RollBack could not mark the lock, so the rollout may have split the alias again."""
    closing = Closing.model_validate(REQUIRED | {"reason": "it failed"} | PROMOTING)
    assert corrected_ending(RESTORED, state, closing, LOCK).outcome is Outcome.ROLLBACK_FAILED


@pytest.mark.parametrize("ending", [handed_over("it was moved"), ending_of(Outcome.PROMOTED, "all is well")])
def test_other_endings_are_not_corrected(ending):
    closing = Closing.model_validate(REQUIRED | {"reason": "it failed"})
    assert corrected_ending(ending, alias("5"), closing, LOCK) == ending
