"""An evaluation leaves its status for the dashboard, with two writes at most, and no failure there harms a rollout."""

import pytest

from rollout.aws.boto import clients
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.shown_rollouts import ShownRollouts
from rollout.domain.errors import AwsRefusedError, AwsUnavailableError
from rollout.state.lock import PlannedWrite, lock_of
from rollout.state.rollout import Rollout
from tests.integration.conftest import NOW, event, move_alias, owned_entry

EVENT = event("judge_canary")


def with_policy(**policy):
    """Return the document of a rollout whose step is over, and which needs no calls for that."""
    return EVENT | {"policy": EVENT["policy"] | {"max_extension": 0} | policy}


FIRST = {"percent": 10, "hold": 0}
GATED = with_policy(steps=[FIRST, {"pause": {}}, {"percent": 50, "hold": 0}], on_inconclusive="promote")
ENDING = with_policy(steps=[FIRST], on_inconclusive="hand_over")
MOST_WRITES = 2


@pytest.fixture(autouse=True)
def begun(my_api, locked, state_machine):
    """The rollout of the execution in events/ in its first step."""
    rollout = Rollout.model_validate(EVENT)
    rollout_ledger().open(rollout, NOW)
    before = rollout.model_copy(update={"step": 0})
    locks().announce(lock_of(before, PlannedWrite(version="1", shares={"2": 10})))
    move_alias("1", **{"2": 0.1})


@pytest.fixture
def writes():
    """The writes of the layer to DynamoDB, by operation."""
    made = []
    events = clients.dynamodb_client().meta.events
    events.register("before-call.dynamodb", lambda model, **_: made.append(model.name), unique_id="counted")
    yield lambda: [name for name in made if name not in ("GetItem", "Query", "BatchGetItem")]
    events.unregister("before-call.dynamodb", unique_id="counted")


def test_evaluation_leaves_its_status_for_the_overview(handle):
    document = handle("judge_canary", EVENT)
    page = handle("show_rollouts", {})
    assert document["reason"][:60] in page
    assert "evaluated" in page


@pytest.mark.parametrize(
    ("document", "move", "is_at_gate"), [(EVENT, "wait", False), (GATED, "wait", True), (ENDING, "hand_over", False)]
)
def test_evaluation_makes_two_writes_at_most(handle, writes, document, move, is_at_gate):
    decided = handle("judge_canary", document)
    assert (decided["next_move"], "gate" in decided) == (move, is_at_gate)
    assert len(writes()) == MOST_WRITES


@pytest.mark.parametrize("error", [AwsUnavailableError("slow down"), AwsRefusedError("not allowed", "AccessDenied")])
def test_status_that_cannot_be_written_harms_no_rollout(handle, monkeypatch, log, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(ShownRollouts, "record_status", fail)
    assert handle("judge_canary", EVENT)["next_move"] == "wait"
    assert owned_entry("status") is None
    assert "Status not recorded" in [record.getMessage() for record in log]


def test_status_of_an_earlier_rollout_is_not_shown_for_the_next(handle):
    handle("judge_canary", EVENT)
    execution = EVENT["execution"] | {"arn": EVENT["execution"]["arn"] + "-next"}
    other = Rollout.model_validate(EVENT | {"execution": execution})
    held = Rollout.model_validate(EVENT)
    locks().release(held.target, held.execution)
    locks().acquire(lock_of(other))
    assert "not evaluated yet" in handle("show_rollouts", {})
