"""Approvals of a policy, requested and given in the deployed stack (P11)."""

from tests.e2e.stories.approvals import approved, not_approved


def test_rollout_goes_on_by_the_command_of_its_event(stories, stack):
    rollout = stories(approved)
    assert rollout.shares == {"1": 50, "2": 50}
    assert (rollout.command["status"], rollout.ending) == ("SUCCEEDED", "SUCCEEDED")
    assert rollout.shop.shares() == {"2": 100}
    reasons = [entry["reason"]["S"] for entry in stack.ledger.evaluations(rollout.shop)]
    assert any("; waits for the command approve since " in reason for reason in reasons)
    assert any(reason.startswith("approved by the command ") for reason in reasons)
    (entry,) = stack.ledger.commands(rollout.shop)
    assert (entry["command"], entry["why"]) == ("approve", "approved")


def test_approval_is_requested_of_people_too(stories, stack):
    rollout = stories(approved)
    requested = [event for event in stack.listener.events(rollout.execution) if "command_line" in event["detail"]]
    messages = [message["Message"] for message in stack.listener.notifications(rollout.execution)]
    assert [event["detail-type"] for event in requested] == ["Approval Requested"]
    assert [requested[0]["detail"]["command_line"] in message for message in messages].count(True) == 1


def test_rollout_without_an_approval_is_rolled_back(stories):
    """P10."""
    rollout = stories(not_approved)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})
    assert "it was not approved within 10s, and on_timeout is roll_back" in rollout.cause
