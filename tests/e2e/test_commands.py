"""Commands of operators to live rollouts, and who may give them (P1, P11)."""

import json

import pytest

from tests.e2e.stories.commands import (
    WHY,
    aborted,
    aborted_on_idle_machine,
    commands_name_functions_of_others,
    frozen_and_released,
    member_aborted,
    paused_and_promoted,
    roles_are_told_apart,
)

MOST_SECONDS = 5
"""How long an abort may take, whatever the interval."""


def endings(answers):
    return [answer.get("error", answer["status"]) for answer in answers if "status" in answer]


def test_paused_rollout_is_resumed_and_promoted(stories, stack):
    rollout = stories(paused_and_promoted)
    refused = "CommandNotPossibleError"
    assert endings(rollout.answers) == ["SUCCEEDED", refused, "SUCCEEDED", refused, "SUCCEEDED", "SUCCEEDED"]
    assert "is paused by the command" in rollout.answers[1]["cause"]
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    reasons = [entry["reason"]["S"] for entry in stack.ledger.evaluations(rollout.shop)]
    assert any(reason.startswith("paused by the command") for reason in reasons)
    assert any(reason.startswith("promoted by the command") for reason in reasons)


def test_every_command_is_on_record_with_who_when_and_why(stories, stack):
    """P11: in the ledger, as events, and in the history."""
    rollout = stories(paused_and_promoted)
    entries = stack.ledger.commands(rollout.shop)
    assert [entry["command"] for entry in entries] == ["pause", "resume", "promote"]
    assert {entry["why"] for entry in entries} == {WHY}
    assert all(":root at 20" in entry["given_by"] for entry in entries)
    events = [event for event in stack.listener.events(rollout.execution) if event["detail-type"] == "Command Taken"]
    details = [event["detail"] for event in events]
    assert [detail["command"] for detail in details if "completes" not in detail] == ["pause", "resume", "promote"]
    assert len([detail for detail in details if "given_by" in detail]) == 3
    (past,) = json.loads(rollout.answers[-1]["output"])["rollouts"]
    assert (past["outcome"], [each["command"] for each in past["commands"]]) == (
        "promoted",
        ["pause", "resume", "promote"],
    )


@pytest.mark.parametrize("story", [aborted, member_aborted])
def test_aborted_rollout_is_rolled_back_without_an_evaluation(story, stories, stack):
    """P1, P10: the next evaluation was a minute away."""
    rollout = stories(story)
    assert endings(rollout.answers) == ["SUCCEEDED"]
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutAborted", {"1": 100})
    (entry,) = stack.ledger.rollouts(rollout.shop)
    assert entry["outcome"] == "rolled_back"
    assert f"aborted by the command {rollout.answers[0]['name']}: {WHY}" in entry["reason"]


@pytest.mark.usefixtures("sweeps")
def test_abort_unsplits_the_alias_within_five_seconds(stack):
    """P1: whatever the interval, which is a minute here."""
    assert aborted_on_idle_machine(stack).seconds < MOST_SECONDS


def test_frozen_alias_is_left_as_it_is_until_the_release(stories, stack):
    rollout = stories(frozen_and_released)
    assert endings(rollout.answers) == ["SUCCEEDED", "SUCCEEDED"]
    assert rollout.answers[1]["shares"] == {"1": 50, "2": 50}
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    reasons = [entry["reason"]["S"] for entry in stack.ledger.evaluations(rollout.shop)]
    assert any(reason.startswith("frozen by the command") and "unhealthy" in reason for reason in reasons)


def test_command_for_a_function_without_a_rollout_or_of_another_account_is_refused(stories, stack):
    """P6, P9: an account that is no member is not even asked where the command names the alias."""
    assert stories(commands_name_functions_of_others) == {
        "no live rollout": "NoLiveRolloutError",
        "no such function": "UnknownFunctionError",
        "an account that is no member": "MemberAccessDeniedError",
        "an alias in an account that is no member": "NoLiveRolloutError",
        "a member account without such a function": "UnknownFunctionError",
    }
    assert stack.ledger.functions().isdisjoint({"uncommanded", "missing-function"})


def test_role_that_may_command_cannot_start_and_the_other_way_round(stories):
    """P11: with the two policies of docs/operating.md, under enforcement. A stop would be an abort without a record."""
    denied = "AccessDeniedException"
    assert stories(roles_are_told_apart) == {
        "commander": {"StateMachineArn": denied, "CommandStateMachineArn": "allowed", "StopExecution": denied},
        "starter": {"StateMachineArn": "allowed", "CommandStateMachineArn": denied, "StopExecution": denied},
    }
