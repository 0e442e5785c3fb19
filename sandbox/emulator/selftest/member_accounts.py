"""Checks of the roles of another account, and of the calls made with them."""

import json
import time
from typing import Any

from sandbox.accounts import MEMBER, OTHER_REGION
from sandbox.emulator.selftest.cloudwatch import BY_FUNCTION, metric_of
from sandbox.emulator.selftest.events import policy_document
from sandbox.emulator.selftest.fixtures import ACCOUNT, REGION, UNTAGGED, Fixture, code_of, send_control_request
from sandbox.emulator.selftest.lambda_ import assume_mover
from sandbox.emulator.selftest.stepfunctions import end_of, machine_arn, start

_TAGGED = {"StringEquals": {"aws:ResourceTag/rollout:alias": "live"}}
_READS = ["cloudwatch:GetMetricData", "cloudtrail:LookupEvents", "tag:GetResources"]
_EXTERNAL_ID = "external-id"
_WRITERS = ("updates-there", "not-tagged", "too-far", "calls-there", "calls-not-tagged", "updates-throttled")
"""The state machines that the role `writer` trusts by their external ID, which is their ARN."""


def member_role(name: str, account: str = MEMBER) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def _trust(role: str, **conditions: object) -> dict[str, Any]:
    """Return a trust policy that a condition limits to one role of the fixture's account."""
    condition = {"ArnLike": {"aws:PrincipalArn": member_role(role, ACCOUNT)}, **conditions}
    return policy_document(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole", Condition=condition)


_WRITES = policy_document(
    Action=["lambda:GetAlias", "lambda:UpdateAlias", "lambda:InvokeFunction"], Resource="*", Condition=_TAGGED
)
_ROLES = {
    "writer": (_trust("machine", StringEquals={"sts:ExternalId": [machine_arn(name) for name in _WRITERS]}), _WRITES),
    "untrusting": (_trust("another"), _WRITES),
    "reader": (
        _trust("mover", StringEquals={"sts:ExternalId": _EXTERNAL_ID}),
        {**_WRITES, "Statement": [*_WRITES["Statement"], *policy_document(Action=_READS, Resource="*")["Statement"]]},
    ),
}


def _members_created(fixture: Fixture) -> bool:
    """State machines start tasks in another account."""
    _create_members(fixture)
    allowed = json.dumps(policy_document(Action="sts:AssumeRole", Resource=f"arn:aws:iam::{MEMBER}:role/*"))
    for role in ("machine", "mover"):
        fixture.iam.put_role_policy(RoleName=role, PolicyName="assume", PolicyDocument=allowed)
    function_elsewhere = f"arn:aws:lambda:{OTHER_REGION}:{MEMBER}:function:example"
    function_here = f"arn:aws:lambda:{REGION}:{MEMBER}:function:example"
    start_update(fixture, "updates-there", "writer", function_here)
    start_update(fixture, "untrusted", "untrusting", "example")
    start_update(fixture, "other-machine", "writer", "example")
    start_update(fixture, "not-tagged", "writer", UNTAGGED)
    start_update(fixture, "too-far", "writer", function_elsewhere)
    return True


def _create_members(fixture: Fixture) -> None:
    iam, functions = fixture.client("iam", MEMBER), fixture.client("lambda", MEMBER)
    for name, (trust, policy) in _ROLES.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
    for name, tags in (("example", {"rollout:alias": "live"}), (UNTAGGED, {})):
        fixture.create_function(name, tags, MEMBER, "reader")
        functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")


def start_update(fixture: Fixture, name: str, role: str, function: str) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:lambda:updateAlias",
        "Credentials": {"RoleArn.$": "States.Format('arn:aws:iam::{}:role/{}', $.account, $.role)"},
        "Parameters": {"FunctionName.$": "$.function", "Name": "live", "FunctionVersion": "2"},
        "TimeoutSeconds": 10,
        "End": True,
    }
    start(fixture, name, state, {"account": MEMBER, "role": role, "function": function})


def _credentials_used(fixture: Fixture) -> bool:
    """A task with Credentials acts as that role, in the role's account."""
    alias = {"FunctionName": "example", "Name": "live"}
    status = end_of(fixture, "updates-there")["status"]
    versions = [
        fixture.client("lambda", account).get_alias(**alias)["FunctionVersion"] for account in (MEMBER, ACCOUNT)
    ]
    return (status, versions) == ("SUCCEEDED", ["2", "1"])


def _credentials_checked(fixture: Fixture) -> bool:
    """A task with Credentials fails without trust in its role and machine, without permission, or elsewhere."""
    names = ("untrusted", "other-machine", "not-tagged", "too-far")
    return {name: end_of(fixture, name).get("error") for name in names} == {
        "untrusted": "States.TaskFailed",
        "other-machine": "States.TaskFailed",
        "not-tagged": "Lambda.LambdaException",
        "too-far": "Lambda.ResourceNotFoundException",
    }


def _trust_checked(fixture: Fixture) -> bool:
    """Only the trusted role with the external ID can assume a role."""
    mover, root = fixture.client("sts", *assume_mover(fixture)), fixture.client("sts")
    attempts = [
        (mover, "reader", {"ExternalId": "guessed"}),
        (mover, "reader", {}),
        (mover, "writer", {}),
        (root, "reader", {"ExternalId": _EXTERNAL_ID}),
    ]
    refused = [code_of(_assume, client, role, **given) for client, role, given in attempts]
    return refused == ["AccessDenied"] * len(attempts) and bool(_assume(mover, "reader", ExternalId=_EXTERNAL_ID))


def _permissions_checked(fixture: Fixture) -> bool:
    """A role of another account reaches only the tagged functions of that account, in one region."""
    keys = _member_keys(fixture)
    functions = fixture.client("lambda", *keys)
    functions.update_alias(FunctionName="example", Name="live", Description="updated")
    refused = code_of(functions.update_alias, FunctionName=UNTAGGED, Name="live", Description="updated")
    here, there = (
        _tagged(fixture.client("resourcegroupstaggingapi", *keys, region=region)) for region in (REGION, OTHER_REGION)
    )
    return (refused, len(here), there) == ("AccessDeniedException", 1, [])


def _recorded_in_own_account(fixture: Fixture) -> bool:
    """CloudTrail and CloudWatch record a call in the account and region of its function."""
    fixture.client("lambda", MEMBER).invoke(FunctionName="example:live", Payload=b"{}")
    keys = _member_keys(fixture)
    calls = [_calls(fixture.client("cloudwatch", *keys, region)) for region in (REGION, OTHER_REGION)]
    trail = fixture.client("cloudtrail", *keys).lookup_events()["Events"]
    details = [json.loads(event["CloudTrailEvent"]) for event in trail if event["EventName"] == "UpdateAlias20150331"]
    roles = {event["userIdentity"]["arn"].split("/")[1] for event in details}
    return (calls, roles, {event["recipientAccountId"] for event in details}) == (
        [1, 0],
        {"reader", "writer"},
        {MEMBER},
    )


def _faults_match_the_assuming_role(fixture: Fixture) -> bool:
    """A fault matches a call by the role that assumed the calling role."""
    send_control_request(
        fixture, "add-fault", caller="mover", contains="matched", code="TooManyRequestsException", status=409
    )
    functions = fixture.client("lambda", *_member_keys(fixture))
    refused = code_of(functions.update_alias, FunctionName="example", Name="live", Description="matched")
    send_control_request(fixture, "clear-faults", contains="matched")
    return refused == "TooManyRequestsException"


def _member_keys(fixture: Fixture) -> tuple[str, str, str]:
    session = _assume(fixture.client("sts", *assume_mover(fixture)), "reader", ExternalId=_EXTERNAL_ID)
    return session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]


def _assume(sts: Any, role: str, **given: str) -> dict[str, str]:  # noqa: ANN401 - a client
    session: dict[str, str] = sts.assume_role(RoleArn=member_role(role), RoleSessionName="example", **given)[
        "Credentials"
    ]
    return session


def _tagged(tagging: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a client
    resources: list[dict[str, Any]] = tagging.get_resources(TagFilters=[{"Key": "rollout:alias"}])[
        "ResourceTagMappingList"
    ]
    return resources


def _calls(cloudwatch: Any) -> float:  # noqa: ANN401 - a client
    now = time.time()
    query = {"Id": "calls", "MetricStat": {"Metric": metric_of(BY_FUNCTION), "Period": 60, "Stat": "Sum"}}
    response = cloudwatch.get_metric_data(MetricDataQueries=[query], StartTime=now - 600, EndTime=now + 60)
    return float(sum(response["MetricDataResults"][0]["Values"]))


EARLY_CHECKS = [_members_created]
CHECKS = [
    _credentials_used,
    _credentials_checked,
    _trust_checked,
    _permissions_checked,
    _recorded_in_own_account,
    _faults_match_the_assuming_role,
]
