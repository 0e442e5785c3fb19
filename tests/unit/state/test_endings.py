"""Every ending states what the alias serves, and why (P10)."""

import json

import pytest

from rollout.domain.enums import Outcome
from rollout.domain.errors import AliasSplitError
from rollout.state.endings import handed_over, promoted, rejected, rollback_failed, rolled_back
from rollout.state.failure import Failure
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
