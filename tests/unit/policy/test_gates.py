"""Tests of the approvals and pauses between the shares of a policy: how they are written, and how long they take."""

import json

import pytest
from jsonschema import Draft202012Validator

from rollout.domain.errors import InvalidPolicyError
from rollout.lifecycle.orders import interval_under, orders_of
from rollout.policy.gates import Approval, Pause
from rollout.policy.planned import evaluations_while_waiting
from rollout.policy.policy import Policy
from rollout.policy.read_policy import read_policy
from rollout.schema import policy_schema
from rollout.state.rollout import Rollout
from tests import samples
from tests.samples import AT

FIRST, SECOND = {"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}
APPROVAL, PAUSE = {"approval": {"timeout": "2h", "on_timeout": "promote"}}, {"pause": {}}
WEEK = {"approval": {"timeout": "7d"}}

GOOD = [
    ([FIRST, {"approval": {}}, SECOND], [Approval(), None]),
    ([FIRST, APPROVAL, SECOND, PAUSE], [Approval(timeout=7200, on_timeout="promote"), Pause()]),
    ([FIRST, WEEK], [Approval(timeout=604_800)]),
    ([FIRST, SECOND], [None, None]),
]

BAD = [
    ([FIRST, {"approval": {"timeout": 0}}], "policy.steps[1].approval.timeout is 0: write at least 1"),
    ([FIRST, {"approval": {"timeout": "soon"}}], 'policy.steps[1].approval.timeout is "soon": write whole seconds'),
    (
        [FIRST, {"approval": {"on_timeout": "wait"}}],
        "policy.steps[1].approval.on_timeout is \"wait\": write 'roll_back', 'promote' or 'hand_over'",
    ),
    ([FIRST, {"approval": {"by": "me"}}], 'policy.steps[1].approval.by is not a known field (found "me")'),
    ([FIRST, {"approval": None}], "policy.steps[1].approval is null: write an object"),
    ([FIRST, {"pause": {"for": "1h"}}], 'policy.steps[1].pause.for is not a known field (found "1h")'),
    ([FIRST, {"pause": "1h"}], 'policy.steps[1].pause is "1h": write an object'),
    ([FIRST, APPROVAL | PAUSE], "policy.steps[1].pause is not a known field (found {})"),
    ([FIRST | APPROVAL], "policy.steps[0].percent is not a known field (found 10)"),
    ([FIRST | {"gate": PAUSE}], 'policy.steps[0].gate is not a known field (found {"pause": {}})'),
]

NOT_IN_SCHEMA = [
    (
        [PAUSE, FIRST],
        'policy.steps[0] is {"pause": {}}, the first step: write a share such as {"percent": 10, "hold": "5m"} before',
    ),
    ([FIRST, PAUSE, {"approval": {}}], 'policy.steps[2] is {"approval": {}}, after steps[1], which waits too: write a'),
    (
        [FIRST, {"approval": {"timeout": "15d"}}],
        'policy.steps[1].approval.timeout is "15d": write at most 14d, because CloudWatch keeps minutes for 15d',
    ),
    (
        [FIRST, WEEK, SECOND, WEEK],
        "policy.steps, with the timeouts of the approvals, and bake take about 15d with the evaluation",
    ),
    ([FIRST, WEEK, SECOND, WEEK], "shorten the holds, the timeouts, the bake or the interval"),
    ([SECOND, PAUSE, FIRST], "policy.steps[2].percent is 10 after 50: give each step a larger share"),
    ([SECOND, PAUSE, FIRST, {"pause": 5}], "policy.steps[2].percent is 10 after 50: give each step a larger share"),
]


@pytest.mark.parametrize(("steps", "gates"), GOOD)
def test_gate_belongs_to_the_share_before_it(steps, gates):
    policy = read_policy({"steps": steps})
    assert [step.gate for step in policy.steps] == gates
    assert policy.has_gates is any(gates)
    assert not policy.without_gates.has_gates


@pytest.mark.parametrize(("steps", "_gates"), GOOD)
def test_policy_with_gates_passes_through_the_state_machine_unchanged(steps, _gates):
    """P12: the document has the steps as they are written, so that they can be copied."""
    rollout = samples.rollout(policy=read_policy({"steps": steps}))
    document = json.loads(json.dumps(rollout.document()))
    assert [next(iter(step)) for step in document["policy"]["steps"]] == [next(iter(step)) for step in steps]
    assert Rollout.model_validate(document) == rollout


@pytest.mark.parametrize(("steps", "message"), BAD + NOT_IN_SCHEMA)
def test_invalid_gate_is_refused_by_field_and_value(steps, message):
    with pytest.raises(InvalidPolicyError) as refused:
        read_policy({"steps": steps})
    assert message in str(refused.value)


def test_misplaced_gate_is_refused_together_with_invalid_fields():
    with pytest.raises(InvalidPolicyError, match=r"timeout is 0: write at least 1; policy.steps\[0\] is .* first step"):
        read_policy({"steps": [{"approval": {"timeout": 0}}, FIRST]})


@pytest.mark.parametrize(("steps", "_gates"), GOOD)
def test_schema_accepts_each_valid_gate(steps, _gates):
    Draft202012Validator(policy_schema()).validate({"steps": steps})


@pytest.mark.parametrize(("steps", "_message"), BAD)
def test_schema_refuses_each_invalid_gate(steps, _message):
    assert not Draft202012Validator(policy_schema()).is_valid({"steps": steps})


def test_approval_may_take_its_timeout_and_a_pause_takes_no_planned_time():
    plain = Policy.model_validate({"steps": [FIRST, SECOND]})
    assert read_policy({"steps": [FIRST, PAUSE, SECOND]}).planned_seconds == plain.planned_seconds
    week = read_policy({"steps": [FIRST, WEEK, SECOND]})
    assert week.planned_seconds == plain.planned_seconds + week.approval_seconds == plain.planned_seconds + 604_800


@pytest.mark.parametrize(
    ("timeout", "interval", "evaluations"),
    [(1, 60, 2), (600, 60, 11), (86_400, 60, 126), (604_800, 60, 702), (14 * 86400, 60, 1374), (86_400, 3600, 25)],
)
def test_week_of_thinking_fits_into_one_execution(timeout, interval, evaluations):
    """P12: the interval stretches, so that an approval needs few of the 2,500 evaluations."""
    assert evaluations_while_waiting(timeout, interval) == evaluations


def test_evaluations_of_an_approval_are_planned():
    plain, week = (read_policy({"steps": steps}) for steps in ([FIRST, SECOND], [FIRST, WEEK, SECOND]))
    assert week.planned_evaluations == plain.planned_evaluations + evaluations_while_waiting(604_800, 60)


def test_policy_that_needs_a_person_stretches_no_interval_by_itself():
    assert interval_under(orders_of([]).held_since, 60, AT) == 60
