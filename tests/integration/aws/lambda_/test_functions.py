"""Tests of functions: one lookup reads the facts that a request depends on, and nothing else."""

from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.admission.facts import FunctionFacts
from rollout.admission.request import RolloutRequest
from rollout.aws.lambda_.target_function import TargetFunction
from rollout.domain.errors import AwsUnavailableError, TagsUnreadableError, UnknownFunctionError
from tests.integration.conftest import client
from tests.samples import EXECUTION, policy

ROLE = "arn:aws:iam::123456789012:role/api"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:my-api"
TAGGED = {"Configuration": {}, "Tags": {"rollout:alias": "live"}}
MISSING = "ResourceNotFoundException"
NO_CAPACITY = "ProvisionedConcurrencyConfigNotFoundException"
LIVE = {"FunctionVersion": "1", "RevisionId": "r"}


def request(version: str | None = None) -> RolloutRequest:
    return RolloutRequest(
        account_region=EXECUTION.account_region, function="my-api", alias=None, version=version, policy=policy()
    )


def described(**changes: Any) -> dict[str, Any]:
    return {"Configuration": {"State": "Active", "Role": ROLE, "Timeout": 3} | changes}


def facts_from(*answers: tuple[str, dict[str, Any] | str], version: str | None = "2") -> FunctionFacts:
    """Return the facts from these answers of AWS, in this order: each is a response or an error code."""
    with Stubber(client("lambda")) as stub:
        for operation, answer in answers:
            if isinstance(answer, str):
                stub.add_client_error(operation, answer, http_status_code=404)
            else:
                stub.add_response(operation, answer)
        facts = TargetFunction(stub.client, EXECUTION.account_region, "my-api").facts(request(version))
        stub.assert_no_pending_responses()
        return facts


def page(*versions: str, marker: str = "") -> tuple[str, dict[str, Any]]:
    listed: dict[str, Any] = {
        "Versions": [{"Version": version, "LastModified": "2026-03-01T11:59:00.000+0000"} for version in versions]
    }
    return "list_versions_by_function", listed | ({"NextMarker": marker} if marker else {})


def test_facts_have_alias_and_both_versions():
    queue = {"DeadLetterConfig": {"TargetArn": "arn:q"}}
    facts = facts_from(
        ("get_function", TAGGED),
        ("get_alias", LIVE),
        ("get_function", described(State="Pending", StateReason="Creating", **queue)),
        ("get_function", described()),
        ("get_provisioned_concurrency_config", NO_CAPACITY),
    )
    assert facts.target.name == "my-api:live"
    assert facts.opted_in_alias == "live"
    assert (facts.canary.version, facts.canary.state, facts.canary.state_reason) == ("2", "Pending", "Creating")
    assert (facts.canary.role, facts.canary.dead_letter_target) == (ROLE, "arn:q")
    assert (facts.stable.version, facts.stable.state, facts.stable.dead_letter_target) == ("1", "Active", None)
    assert facts.concurrency_in_progress is False


def test_facts_have_what_decides_when_a_call_can_still_fail():
    facts = facts_from(
        ("get_function", TAGGED),
        ("get_alias", LIVE),
        ("get_function", described(Timeout=30, DurableConfig={"RetentionPeriodInDays": 1})),
        ("get_function", described(Timeout=900, State="Failed", StateReasonCode="ImageDeleted")),
        ("get_provisioned_concurrency_config", NO_CAPACITY),
    )
    assert (facts.canary.timeout_seconds, facts.canary.is_durable) == (30, True)
    assert (facts.stable.timeout_seconds, facts.stable.is_durable) == (900, False)
    assert (facts.stable.state, facts.stable.state_reason_code) == ("Failed", "ImageDeleted")
    assert facts.longest_call_seconds == 900


def test_newest_version_is_highest_number_on_all_pages():
    facts = facts_from(
        ("get_function", TAGGED),
        ("get_alias", LIVE),
        page("$LATEST", "9", "2", marker="more"),
        page("10", "1"),
        ("get_function", described()),
        ("get_function", described()),
        ("get_provisioned_concurrency_config", NO_CAPACITY),
        version=None,
    )
    assert (facts.newest_version, facts.canary.version) == ("10", "10")


@pytest.mark.parametrize(("version", "listed", "newest"), [("7", ["$LATEST", "3"], "3"), (None, ["$LATEST"], None)])
def test_missing_version_is_none_with_newest_version(version, listed, newest):
    canary = [("get_function", MISSING)] if version else []
    facts = facts_from(("get_function", TAGGED), ("get_alias", MISSING), *canary, page(*listed), version=version)
    assert (facts.canary, facts.newest_version, facts.alias, facts.stable) == (None, newest, None, None)


@pytest.mark.parametrize(("status", "in_progress"), [("IN_PROGRESS", True), ("READY", False), ("FAILED", False)])
def test_provisioned_concurrency_is_in_progress_while_allocated(status, in_progress):
    facts = facts_from(
        ("get_function", TAGGED),
        ("get_alias", LIVE),
        ("get_function", described()),
        ("get_function", described()),
        ("get_provisioned_concurrency_config", {"Status": status}),
    )
    assert facts.concurrency_in_progress is in_progress


def test_missing_function_is_named():
    with pytest.raises(
        UnknownFunctionError, match="There is no function my-api in account 123456789012, region eu-west-1: correct"
    ):
        facts_from(("get_function", MISSING))


def test_unreadable_tags_are_an_error():
    """P10: without lambda:ListTags, GetFunction succeeds and leaves the tags out."""
    message = "User: arn:aws:sts::123456789012:assumed-role/prepare/task is not authorized to perform: lambda:ListTags"
    untagged = {"Configuration": {}, "TagsError": {"ErrorCode": "AccessDeniedException", "Message": message}}
    with pytest.raises(TagsUnreadableError, match=r"AccessDeniedException: User: .*: grant lambda:ListTags"):
        facts_from(("get_function", untagged))


def test_throttled_page_is_unavailable():
    with pytest.raises(AwsUnavailableError, match="listing the versions of my-api"):
        facts_from(
            ("get_function", TAGGED),
            ("get_alias", LIVE),
            ("list_versions_by_function", "TooManyRequestsException"),
            version=None,
        )


def test_facts_are_read_from_moto(my_api, lambda_wire):
    lookup = TargetFunction(lambda_wire.client, EXECUTION.account_region, "my-api")
    facts = lookup.facts(request())
    assert (facts.alias.version, facts.stable.version, facts.canary.version) == ("1", "1", "2")
    assert lookup.opted_in_alias == "live"
