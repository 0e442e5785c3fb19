"""Every ending states what the alias serves, and why (P10)."""

import json

import pytest

from rollout.domain.enums import Outcome
from rollout.domain.errors import AliasSplitError
from rollout.state.endings import format_failure, handed_over, promoted, rejected, rollback_failed, rolled_back
from rollout.state.rollout import Failure
from tests.samples import rollout

FAILURE = Failure(Error="States.Timeout", Cause="")


@pytest.mark.parametrize(
    ("ending", "outcome", "error", "cause"),
    [
        (promoted(rollout(), "all is well"), Outcome.PROMOTED, "", "my-api:live serves version 4 alone; all is well"),
        (
            rolled_back("my-api:live", "3", "it failed"),
            Outcome.ROLLED_BACK,
            "RolloutRolledBack",
            "my-api:live serves version 3 alone again; it failed",
        ),
        (handed_over("it was moved"), Outcome.HANDED_OVER, "RolloutHandedOver", "it was moved"),
        (rejected(AliasSplitError("It is split.")), Outcome.REJECTED, "AliasSplitError", "It is split."),
        (
            rollback_failed("my-api:live", "3", FAILURE),
            Outcome.ROLLBACK_FAILED,
            "RollbackFailed",
            (
                "my-api:live may still be split: neither RollBack nor RestoreAlias could point it at version 3 alone;"
                " States.Timeout. Do it by hand: docs/runbook.md, RollbackFailed"
            ),
        ),
    ],
)
def test_ending_has_outcome_error_and_cause(ending, outcome, error, cause):
    assert (ending.outcome, ending.error, ending.cause) == (outcome, error, cause)
    assert json.loads(ending.model_dump_json()) == {"outcome": outcome, "Error": error, "Cause": cause}


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        ("", "SomeError"),
        ("it broke", "SomeError: it broke"),
        ('{"errorMessage": "it broke", "errorType": "SomeError", "trace": []}', "SomeError: it broke"),
        ('{"errorMessage": ""}', "SomeError"),
        ("[1]", "SomeError: [1]"),
        ("7", "SomeError: 7"),
        ("{}", "SomeError: {}"),
    ],
)
def test_failure_is_formatted_without_lambdas_json(cause, sentence):
    assert format_failure(Failure(Error="SomeError", Cause=cause)) == sentence
