"""The rollout document passes through the state machine unchanged."""

import json

import pytest

from rollout.domain.counts import Counts
from rollout.domain.enums import Phase
from rollout.state.failure import Failure
from rollout.state.rollout import Rollout
from tests.samples import AT, judgement, policy, rollout


@pytest.mark.parametrize(
    "document",
    [
        rollout(),
        rollout(step=0, first_shift_at=None, step_started_at=None),
        rollout(phase=Phase.BAKE, judgement=judgement(), evaluations=7, p99_before=812.5),
        rollout(first_shift_at=AT.replace(microsecond=123456)),
        rollout(policy=policy(steps=[{"percent": 33.3, "hold": 1}])),
    ],
)
def test_document_round_trips_through_json(document):
    assert Rollout.model_validate(json.loads(json.dumps(document.document()))) == document


def test_document_leaves_out_unknown_fields():
    assert {"ending", "judgement", "next_move"}.isdisjoint(rollout().document())


def test_field_of_a_later_deployment_is_ignored():
    assert Rollout.model_validate(rollout().document() | {"mood": "good"}) == rollout()


@pytest.mark.parametrize(
    ("changes", "percent"), [({"step": 0}, 0), ({"step": 1}, 10), ({"step": 2}, 50), ({"phase": Phase.BAKE}, 100)]
)
def test_share_follows_from_step_and_phase(changes, percent):
    assert rollout(**changes).percent == percent


def test_counts_begin_at_the_first_shift_and_restart_at_promotion():
    later = AT.replace(hour=13)
    assert rollout(step_started_at=later).judged_since == AT
    assert rollout(step_started_at=later, phase=Phase.BAKE).judged_since == later
    with pytest.raises(ValueError, match="before the first shift"):
        _ = rollout(first_shift_at=None).judged_since


def test_failure_without_cause_is_read():
    """Step Functions gives no cause for a task that timed out."""
    assert Failure.model_validate({"Error": "States.Timeout"}).cause == ""


@pytest.mark.parametrize(
    ("counts", "percent"), [(Counts(), 0), (Counts(calls=8, bad=2), 25), (Counts(calls=3, bad=3), 100)]
)
def test_bad_percent_is_a_share_of_calls(counts, percent):
    assert counts.bad_percent == percent
