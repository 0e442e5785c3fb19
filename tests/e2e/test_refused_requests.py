"""Requests that are refused in the deployed stack, with nothing touched (P6)."""

import pytest

from tests.e2e.stories.refused_requests import (
    INVALID_POLICIES,
    NAME,
    REFUSED,
    REFUSED_FOR_SEVERAL_REASONS,
    SPLIT,
    UNTAGGED,
    case_of_policy,
    requests_are_refused,
)


@pytest.fixture
def refused(stories):
    return stories(requests_are_refused)


@pytest.mark.parametrize("case", REFUSED)
def test_request_is_rejected_by_error_and_cause(case, refused, stack):
    _, error, sentence = REFUSED[case]
    assert refused.descriptions[case]["error"] == error
    assert sentence in refused.descriptions[case]["cause"]
    states = stack.executions.states(refused.executions[case])
    assert states == ["ReadInput", "PrepareRollout", "ChooseStart", "RolloutRejected"]


@pytest.mark.parametrize("name", INVALID_POLICIES)
def test_invalid_policy_is_rejected_by_field_and_value(name, refused):
    _, sentence = INVALID_POLICIES[name]
    description = refused.descriptions[case_of_policy(name)]
    assert description["error"] == "InvalidPolicyError"
    assert sentence in description["cause"]


@pytest.mark.parametrize("case", REFUSED_FOR_SEVERAL_REASONS)
def test_rejected_request_lists_every_reason(case, refused):
    _, sentences = REFUSED_FOR_SEVERAL_REASONS[case]
    assert [sentence for sentence in sentences if sentence not in refused.descriptions[case]["cause"]] == []


def test_rejected_requests_touch_no_alias(refused):
    """P6."""
    assert len(refused.descriptions) == len(REFUSED) + len(REFUSED_FOR_SEVERAL_REASONS) + len(INVALID_POLICIES)
    before, after = refused.aliases
    assert after == before


def test_rejected_requests_leave_no_ledger_entry(refused, stack):
    """P6."""
    assert len(refused.executions) > 0
    assert stack.ledger.functions().isdisjoint({NAME, UNTAGGED, SPLIT})
