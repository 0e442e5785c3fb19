"""One orchestrator in 111111111111 rolls out what 222222222222 publishes, and nobody else's."""

import json
import time

import pytest
from botocore.exceptions import ClientError

from sandbox.accounts import ELSEWHERE, HOME, MEMBER, STRANGER
from tests.e2e.conftest import MEMBERS_BUS, UNLIKE, UNTAGGED
from tests.e2e.member_stories import (
    faulty_version_of_a_member,
    fine_version_of_a_member,
    stopped_in_a_member,
    stranger_moves_a_members_alias,
)

HEARD_SECONDS = 5
ORGANIZED_ALONE = "000000000000"


def told(function, bus="default", **detail):
    detail = json.dumps({"function": function} | detail)
    return {"Source": "rollouts", "DetailType": "Version Published", "Detail": detail, "EventBusName": bus}


def test_a_version_published_by_a_member_is_promoted_there(stories):
    played = stories(fine_version_of_a_member)
    assert (played.ending, played.shop.served()) == ("SUCCEEDED", {"2": 100})
    assert played.shop.account == MEMBER
    assert played.execution.split(":")[4] == HOME


def test_its_traffic_was_judged_there(stories, sandbox):
    """P5: verdicts rest on calls that were counted in the member's account."""
    document = sandbox.inputs(stories(fine_version_of_a_member).execution)["CloseRollout"]
    assert document["judgement"]["canary"]["calls"] > 0
    assert document["target"]["account"] == MEMBER


def test_a_faulty_version_in_another_region_of_a_member_is_taken_back_there(stories):
    played = stories(faulty_version_of_a_member)
    assert played.shop.region == ELSEWHERE
    assert (played.ending, played.shop.served()) == ("RolloutRolledBack", {"1": 100})


def test_the_guardian_makes_a_members_alias_whole(stories):
    """P1: the execution was stopped in a step."""
    played = stories(stopped_in_a_member)
    assert (played.ended["status"], played.shop.served()) == ("ABORTED", {"1": 100})


def test_an_alias_that_a_member_moves_by_hand_is_left_to_it_and_its_trail_is_asked_who(stories):
    """P2, P10."""
    played = stories(stranger_moves_a_members_alias)
    assert (played.ending, played.shop.served()) == ("RolloutHandedOver", {"2": 100})
    assert ". CloudTrail says it was arn:aws:iam::222222222222:root at 20" in played.ended["cause"]


def test_an_account_that_is_not_named_may_tell_us_nothing(sandbox):
    with pytest.raises(ClientError, match="AccessDenied"):
        sandbox.client("events", STRANGER).put_events(Entries=[told("my-api", MEMBERS_BUS)])


def test_an_account_of_the_organization_may_tell_us_without_being_named(sandbox):
    answer = sandbox.client("events", ORGANIZED_ALONE).put_events(Entries=[told("my-api", MEMBERS_BUS)])
    assert answer["FailedEntryCount"] == 0


def test_a_member_may_tell_us_of_versions_alone(sandbox):
    with pytest.raises(ClientError, match="AccessDenied"):
        sandbox.client("events", MEMBER).put_events(
            Entries=[told("a", MEMBERS_BUS) | {"DetailType": "Rollout Promoted"}]
        )


def test_a_member_speaks_for_nobody_else(sandbox, stories):
    """P9: neither for the orchestrator's own functions, though it would find them by that name."""
    shop = sandbox.shop("not-theirs", opted_in=False)
    sandbox.left_alone(shop, versions=1)
    shop.opt_in()
    sandbox.client("events", MEMBER).put_events(Entries=[told(shop.arn, version="1")])
    time.sleep(HEARD_SECONDS)
    assert sandbox.rollouts_of(shop.name, "1") == []


def test_another_external_id_opens_nothing(sandbox):
    shop = sandbox.shop("unlike", account=UNLIKE)
    shop.publish(delay_ms=1)
    refused = sandbox.end(sandbox.start({"function": shop.arn}))
    assert refused["error"] == "MemberAccessDeniedError"
    assert "Deploy template-member.yaml" in refused["cause"]
    assert sandbox.rollouts_of(shop.name, "2") == []
    assert shop.served() == {"1": 100}


def test_a_forged_request_cannot_write_an_alias_without_the_tag(sandbox, stories):
    """P9: IAM refuses it in the member's account, whatever a document says and whoever holds the claim."""
    shop = sandbox.shop(UNTAGGED, account=MEMBER, opted_in=False)
    shop.publish(delay_ms=1)
    fine = stories(fine_version_of_a_member)
    for task in ("ShiftTraffic", "PromoteVersion", "RollBack"):
        if task == "RollBack":
            shop.edit(RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}})
        served, answer = shop.served(), sandbox.call_with_claim(task, _forged(sandbox, fine, task, shop), shop)
        assert "is not authorized to perform: lambda:UpdateAlias" in answer["errorMessage"]
        assert shop.served() == served


def _forged(sandbox, played, task, shop):
    """Return a document that a rollout's own task was given, made out for another function."""
    inputs = sandbox.inputs(played.execution)
    document = inputs.get(task) or inputs["PromoteVersion"]
    alias = sandbox.client("lambda", MEMBER).get_alias(FunctionName=shop.name, Name=shop.alias)
    target = document["target"] | {"function": shop.name}
    return document | {"target": target, "revision_id": alias["RevisionId"]}
