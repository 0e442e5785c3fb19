"""A function is looked up with what a request needs to know, and not more."""

from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.admission.facts import FunctionFacts
from rollout.admission.request import RolloutRequest
from rollout.aws.lambda_.functions import FunctionLookup
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
    return {"Configuration": {"State": "Active", "Role": ROLE} | changes}


def found_by(*answers: tuple[str, dict[str, Any] | str], version: str | None = "2") -> FunctionFacts:
    """Return the facts when AWS gives these answers, each a result or the code of a refusal, in this order."""
    with Stubber(client("lambda")) as stub:
        for operation, answer in answers:
            if isinstance(answer, str):
                stub.add_client_error(operation, answer, http_status_code=404)
            else:
                stub.add_response(operation, answer)
        facts = FunctionLookup(stub.client, EXECUTION.account_region, "my-api").facts(request(version))
        stub.assert_no_pending_responses()
        return facts


def page(*versions: str, marker: str = "") -> tuple[str, dict[str, Any]]:
    listed: dict[str, Any] = {
        "Versions": [{"Version": version, "LastModified": "2026-03-01T11:59:00.000+0000"} for version in versions]
    }
    return "list_versions_by_function", listed | ({"NextMarker": marker} if marker else {})


def test_a_function_is_read_whole():
    queue = {"DeadLetterConfig": {"TargetArn": "arn:q"}}
    facts = found_by(
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


def test_the_newest_version_is_the_highest_number_on_all_pages():
    facts = found_by(
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
def test_a_version_that_does_not_exist_is_none_beside_the_newest(version, listed, newest):
    asked = [("get_function", MISSING)] if version else []
    facts = found_by(("get_function", TAGGED), ("get_alias", MISSING), *asked, page(*listed), version=version)
    assert (facts.canary, facts.newest_version, facts.alias, facts.stable) == (None, newest, None, None)


@pytest.mark.parametrize(("status", "moves"), [("IN_PROGRESS", True), ("READY", False), ("FAILED", False)])
def test_provisioned_concurrency_moves_while_it_is_allocated(status, moves):
    facts = found_by(
        ("get_function", TAGGED),
        ("get_alias", LIVE),
        ("get_function", described()),
        ("get_function", described()),
        ("get_provisioned_concurrency_config", {"Status": status}),
    )
    assert facts.concurrency_in_progress is moves


def test_an_unknown_function_is_named():
    with pytest.raises(
        UnknownFunctionError, match="There is no function my-api in account 123456789012, region eu-west-1: check"
    ):
        found_by(("get_function", MISSING))


def test_tags_that_are_not_shown_are_not_taken_for_missing():
    """P10: without lambda:ListTags, GetFunction succeeds and keeps the tags to itself."""
    said = "User: arn:aws:sts::123456789012:assumed-role/prepare/task is not authorized to perform: lambda:ListTags"
    kept = {"Configuration": {}, "TagsError": {"ErrorCode": "AccessDeniedException", "Message": said}}
    with pytest.raises(TagsUnreadableError, match=r"AccessDeniedException: User: .*: allow lambda:ListTags"):
        found_by(("get_function", kept))


def test_a_throttled_page_is_unavailability():
    with pytest.raises(AwsUnavailableError, match="listing the versions of my-api"):
        found_by(
            ("get_function", TAGGED),
            ("get_alias", LIVE),
            ("list_versions_by_function", "TooManyRequestsException"),
            version=None,
        )


def test_what_moto_holds_is_found(my_api, lambda_wire):
    lookup = FunctionLookup(lambda_wire.client, EXECUTION.account_region, "my-api")
    facts = lookup.facts(request())
    assert (facts.alias.version, facts.stable.version, facts.canary.version) == ("1", "1", "2")
    assert lookup.opted_in_alias == "live"
