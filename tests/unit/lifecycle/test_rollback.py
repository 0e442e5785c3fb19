"""The way back needs little, puts back only what is ours, and says where it left the alias."""

import pytest

from rollout.domain.enums import Outcome
from rollout.lifecycle.rollback import Closing, RollbackContext, corrected_ending, must_write, rollback_ending
from rollout.state.alias import AliasState
from rollout.state.endings import rollback_failed
from rollout.state.rollout import Failure
from tests.samples import EXECUTION, TARGET, judgement, rollout

LEAST = {
    "execution": EXECUTION.model_dump(mode="json"),
    "target": TARGET.model_dump(),
    "stable_version": "3",
    "canary_version": "4",
}
PROMOTING, BAKING = {"next_move": "promote"}, {"phase": "bake"}


def way(**changes: object) -> RollbackContext:
    return RollbackContext.model_validate(LEAST | {"reason": "it failed"} | changes)


def alias(version: str, **shares: float) -> AliasState:
    return AliasState(version=version, revision_id="r", shares={name[1:]: percent for name, percent in shares.items()})


@pytest.mark.parametrize(
    ("found", "document", "outcome", "writes"),
    [
        (alias("3"), {}, Outcome.ROLLED_BACK, False),
        (alias("3", v4=10), {}, Outcome.ROLLED_BACK, True),
        (alias("3", v4=0), {}, Outcome.ROLLED_BACK, True),
        (alias("4"), PROMOTING, Outcome.ROLLED_BACK, True),
        (alias("4"), BAKING, Outcome.ROLLED_BACK, True),
        (alias("4", v3=100), BAKING, Outcome.ROLLED_BACK, True),
        (alias("3"), BAKING, Outcome.ROLLED_BACK, False),
        (alias("4"), {}, Outcome.HANDED_OVER, False),
        (alias("4", v3=50), {}, Outcome.HANDED_OVER, False),
        (alias("5"), {}, Outcome.HANDED_OVER, False),
        (alias("3", v5=10), {}, Outcome.HANDED_OVER, False),
        (alias("5", v4=10), BAKING, Outcome.HANDED_OVER, False),
        (None, {}, Outcome.HANDED_OVER, False),
    ],
)
def test_only_what_is_ours_is_put_back(found, document, outcome, writes):
    """P1, P2: at stable alone, or left to whoever moved it."""
    back = way(**document)
    assert rollback_ending(found, back).outcome is outcome
    assert (found is not None and must_write(found, back)) is writes


@pytest.mark.parametrize(
    ("found", "document", "said"),
    [
        (
            alias("5", v4=10),
            {},
            "version 3, alone or with a share to version 4, was expected, but it points at version 5 with 10 % to",
        ),
        (alias("5"), BAKING, "version 3 or 4 was expected, but it points at version 5"),
        (None, {}, "and it no longer exists"),
    ],
)
def test_an_alias_left_alone_is_said_to_be(found, document, said):
    """P2, P10."""
    cause = rollback_ending(found, way(**document)).cause
    assert cause.startswith("my-api:live was moved by another writer: ")
    assert said in cause
    assert cause.endswith("It is left as it is; the rollout was being taken back because: it failed")


def test_the_error_that_led_here_goes_before_the_last_decision():
    """P10."""
    back = way(failure={"Error": "States.Timeout"})
    assert rollback_ending(alias("3"), back).cause == "my-api:live serves version 3 alone again; States.Timeout"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"next_move": "pause", "phase": "release", "policy": "gone", "judgement": [], "step": "many"},
        {"failure": {"Error": "States.Timeout"}},
        rollout(judgement=judgement()).document(),
    ],
)
def test_a_broken_document_does_not_stop_the_way_back(broken):
    """P1: what a later deploy wrote, or no task understands, leads here."""
    assert must_write(alias("3", v4=10), RollbackContext.model_validate(broken | LEAST))


def test_an_ending_that_was_reached_is_kept():
    ending = rollback_ending(alias("3"), way())
    document = LEAST | {"execution": EXECUTION.model_dump(), "ending": ending.model_dump()}
    assert Closing.model_validate(document).known_ending == ending


@pytest.mark.parametrize(
    ("failure", "said"), [({"failure": {"Error": "Boom", "Cause": "No."}}, "Boom: No."), ({}, "no task said how")]
)
def test_an_ending_that_was_not_reached_is_the_one_to_page_for(failure, said):
    """P10."""
    ending = Closing.model_validate(LEAST | {"execution": EXECUTION.model_dump()} | failure).known_ending
    assert ending.outcome is Outcome.ROLLBACK_FAILED
    assert said in ending.cause


FAILED = rollback_failed("my-api:live", "3", Failure(Error="Lambda.PreconditionFailedException", Cause="stale"))


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (alias("3"), Outcome.ROLLED_BACK),
        (alias("3", v4=10), Outcome.ROLLBACK_FAILED),
        (alias("5"), Outcome.HANDED_OVER),
        (alias("3", v5=10), Outcome.HANDED_OVER),
        (None, Outcome.HANDED_OVER),
    ],
)
def test_a_way_back_said_to_have_failed_is_held_against_the_alias(found, outcome):
    """P10: RestoreAlias writes, and its answer may be lost; or a stranger came before it."""
    closing = Closing.model_validate(LEAST | {"reason": "it failed"})
    assert corrected_ending(FAILED, found, closing).outcome is outcome


def test_other_endings_need_no_correction():
    closing = Closing.model_validate(LEAST | {"reason": "it failed"})
    ending = rollback_ending(alias("3"), closing)
    assert corrected_ending(ending, alias("5"), closing) == ending
