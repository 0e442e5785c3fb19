"""An orchestrator in 111111111111 that rolls out the versions of its member account 222222222222."""

import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import HOME, MEMBER, OTHER_REGION, OUTSIDER
from sandbox.server import REGION
from tests.e2e.deployment import MEMBERS_BUS
from tests.e2e.stories.member_accounts import (
    external_id_differs,
    faulty_member_version,
    healthy_member_version,
    member_names_function_of_orchestrator,
    member_rollout_stopped,
    outside_change_moves_member_alias,
    version_published,
)

IN_ORGANIZATION = "000000000000"
"""An account of the organization that no parameter names."""


def test_healthy_member_version_is_promoted(stories):
    rollout = stories(healthy_member_version)
    assert (rollout.ending, rollout.shop.shares()) == ("SUCCEEDED", {"2": 100})
    assert rollout.shop.account == MEMBER
    assert rollout.execution.split(":")[4] == HOME


def test_member_version_is_judged_by_calls_in_member_account(stories, stack):
    """P5."""
    document = stack.executions.inputs(stories(healthy_member_version).execution)["CloseRollout"]
    assert document["judgement"]["canary"]["calls"] > 0
    assert document["target"]["account"] == MEMBER


def test_faulty_member_version_in_other_region_is_rolled_back(stories):
    rollout = stories(faulty_member_version)
    assert rollout.shop.region == OTHER_REGION
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutRolledBack", {"1": 100})


def test_stopped_member_rollout_is_repaired_by_guardian(stories):
    """P1."""
    rollout = stories(member_rollout_stopped)
    assert (rollout.description["status"], rollout.shop.shares()) == ("ABORTED", {"1": 100})


def test_outside_change_in_member_account_is_handed_over_with_its_author(stories):
    """P2, P10."""
    rollout = stories(outside_change_moves_member_alias)
    assert (rollout.ending, rollout.shop.shares()) == ("RolloutHandedOver", {"2": 100})
    assert ". CloudTrail does not name the writer yet" in rollout.cause
    assert ". CloudTrail says it was arn:aws:iam::222222222222:root at 20" in rollout.reason


@pytest.mark.usefixtures("sweeps")
def test_schedule_of_member_account_requests_a_sweep(stack):
    """P8: the schedule puts an event on the bus of its own account, and a rule forwards it to the orchestrator."""
    roles = stack.resources(MEMBER)
    allowed = {(d["principal"], d["resource"]) for d in stack.audit.decisions() if d["allowed"]}
    assert (roles["SweepRole"], f"arn:aws:events:{REGION}:{MEMBER}:event-bus/default") in allowed
    assert (roles["ForwarderRole"], MEMBERS_BUS) in allowed


def test_unknown_account_cannot_publish_events(stack):
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.client("events", OUTSIDER).put_events(Entries=[version_published("my-api", MEMBERS_BUS)])


def test_account_of_organization_can_publish_events(stack):
    answer = stack.client("events", IN_ORGANIZATION).put_events(Entries=[version_published("my-api", MEMBERS_BUS)])
    assert answer["FailedEntryCount"] == 0


def test_member_account_cannot_publish_rollout_events(stack):
    event = version_published("my-api", MEMBERS_BUS) | {"DetailType": "Rollout Promoted"}
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.client("events", MEMBER).put_events(Entries=[event])


def test_member_event_about_other_account_is_refused_and_starts_nothing(stories):
    """P9: the orchestrator's own function has that name. The dead letter proves that the event was delivered."""
    refused = stories(member_names_function_of_orchestrator)
    assert refused.dead_letter["requestPayload"]["account"] == MEMBER
    assert refused.dead_letter["responsePayload"]["errorType"] == "InvalidEventError"
    assert refused.executions == []


def test_other_external_id_is_rejected(stories, stack):
    rollout = stories(external_id_differs)
    assert rollout.ending == "MemberAccessDeniedError"
    assert "Deploy template-member.yaml" in rollout.cause
    assert stack.executions.of_version(rollout.shop.name, "2") == []
    assert rollout.shop.shares() == {"1": 100}


@pytest.mark.parametrize("task", ["ShiftTraffic", "PromoteVersion"])
def test_forged_document_gives_untagged_function_no_traffic(stories, task):
    """P9: IAM denies the write in the member account, although the execution holds the lock."""
    forged = stories(healthy_member_version).forged[task]
    assert "is not authorized to perform: lambda:UpdateAlias" in forged.answer["errorMessage"]
    assert forged.before == forged.after


def test_rollback_restores_untagged_alias_while_its_execution_holds_the_lock(stories):
    """P9: restoring does not depend on the tag."""
    forged = stories(healthy_member_version).forged["RollBack"]
    assert (forged.before, forged.after) == ({"1": 90, "2": 10}, {"1": 100})
