"""Promises about roles of another account, and about what is done with them there."""

import json
import time
from typing import Any

from sandbox.accounts import MEMBER
from sandbox.emulator.selftest.buses import _policy
from sandbox.emulator.selftest.control_plane import _session
from sandbox.emulator.selftest.faults import _order
from sandbox.emulator.selftest.metrics import _BY_FUNCTION, _metric
from sandbox.emulator.selftest.stage import ACCOUNT, REGION, UNTAGGED, Stage, code_of
from sandbox.emulator.selftest.workflows import _end, _start

_ELSEWHERE = "eu-west-1"
_TAGGED = {"StringEquals": {"aws:ResourceTag/rollout:alias": "live"}}
_READS = ["cloudwatch:GetMetricData", "cloudtrail:LookupEvents", "tag:GetResources"]
_EXTERNAL_ID = "between-us"


def _role(name: str, account: str = MEMBER) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def _trust(role: str, **conditions: object) -> dict[str, Any]:
    """Return a trust in one role of the stage's account, named by a condition."""
    named = {"ArnLike": {"aws:PrincipalArn": _role(role, ACCOUNT)}, **conditions}
    return _policy(Principal={"AWS": ACCOUNT}, Action="sts:AssumeRole", Condition=named)


_WRITES = _policy(Action=["lambda:GetAlias", "lambda:UpdateAlias"], Resource="*", Condition=_TAGGED)
_ROLES = {
    "writer": (_trust("machine"), _WRITES),
    "untrusting": (_trust("another"), _WRITES),
    "reader": (
        _trust("mover", StringEquals={"sts:ExternalId": _EXTERNAL_ID}),
        {**_WRITES, "Statement": [*_WRITES["Statement"], *_policy(Action=_READS, Resource="*")["Statement"]]},
    ),
}


def _begin(stage: Stage) -> bool:
    """State machines act in another account."""
    _create_members(stage)
    allowed = json.dumps(_policy(Action="sts:AssumeRole", Resource=f"arn:aws:iam::{MEMBER}:role/*"))
    for role in ("machine", "mover"):
        stage.iam.put_role_policy(RoleName=role, PolicyName="assume", PolicyDocument=allowed)
    far = f"arn:aws:lambda:{_ELSEWHERE}:{MEMBER}:function:tried"
    near = f"arn:aws:lambda:{REGION}:{MEMBER}:function:tried"
    _move(stage, "moves-there", "writer", near)
    _move(stage, "untrusted", "untrusting", "tried")
    _move(stage, "not-tagged", "writer", UNTAGGED)
    _move(stage, "too-far", "writer", far)
    return True


def _create_members(stage: Stage) -> None:
    iam, functions = stage.client("iam", MEMBER), stage.client("lambda", MEMBER)
    for name, (trust, policy) in _ROLES.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(policy))
    for name, tags in (("tried", {"rollout:alias": "live"}), (UNTAGGED, {})):
        stage.create_function(name, tags, MEMBER, "reader")
        functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")


def _move(stage: Stage, name: str, role: str, function: str) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:lambda:updateAlias",
        "Credentials": {"RoleArn.$": "States.Format('arn:aws:iam::{}:role/{}', $.account, $.role)"},
        "Parameters": {"FunctionName.$": "$.function", "Name": "live", "FunctionVersion": "2"},
        "TimeoutSeconds": 10,
        "End": True,
    }
    _start(stage, name, state, {"account": MEMBER, "role": role, "function": function})


def _acts_there(stage: Stage) -> bool:
    """A task with Credentials acts as that role, in the account of the role."""
    alias = {"FunctionName": "tried", "Name": "live"}
    ended = _end(stage, "moves-there")["status"]
    versions = [stage.client("lambda", account).get_alias(**alias)["FunctionVersion"] for account in (MEMBER, ACCOUNT)]
    return (ended, versions) == ("SUCCEEDED", ["2", "1"])


def _refused_there(stage: Stage) -> bool:
    """A task with Credentials needs the trust of that role, its permission, and a function of its own region."""
    errors = {name: _end(stage, name).get("error") for name in ("untrusted", "not-tagged", "too-far")}
    return errors == {
        "untrusted": "States.TaskFailed",
        "not-tagged": "Lambda.LambdaException",
        "too-far": "Lambda.ResourceNotFoundException",
    }


def _assumed(stage: Stage) -> bool:
    """A role is assumed by the one role it trusts, with the external id it asks for, and by nobody else."""
    mover, root = stage.client("sts", *_session(stage)), stage.client("sts")
    asked = [
        (mover, "reader", {"ExternalId": "guessed"}),
        (mover, "reader", {}),
        (mover, "writer", {}),
        (root, "reader", {"ExternalId": _EXTERNAL_ID}),
    ]
    refused = [code_of(_assume, client, role, **given) for client, role, given in asked]
    return refused == ["AccessDenied"] * len(asked) and bool(_assume(mover, "reader", ExternalId=_EXTERNAL_ID))


def _acts_as_member(stage: Stage) -> bool:
    """A role of another account sees that account's functions, with the tag its policy names, in one region."""
    keys = _member_keys(stage)
    functions = stage.client("lambda", *keys)
    functions.update_alias(FunctionName="tried", Name="live", Description="from elsewhere")
    refused = code_of(functions.update_alias, FunctionName=UNTAGGED, Name="live", Description="from elsewhere")
    here, there = (
        _tagged(stage.client("resourcegroupstaggingapi", *keys, region=region)) for region in (REGION, _ELSEWHERE)
    )
    return (refused, len(here), there) == ("AccessDeniedException", 1, [])


def _recorded_there(stage: Stage) -> bool:
    """What happens in an account is in its own trail and its own metrics, in the region where it happened."""
    stage.client("lambda", MEMBER).invoke(FunctionName="tried:live", Payload=b"{}")
    keys = _member_keys(stage)
    calls = [_calls(stage.client("cloudwatch", *keys, region)) for region in (REGION, _ELSEWHERE)]
    trail = stage.client("cloudtrail", *keys).lookup_events()["Events"]
    told = [json.loads(event["CloudTrailEvent"]) for event in trail if event["EventName"] == "UpdateAlias20150331"]
    by = {event["userIdentity"]["arn"].split("/")[1] for event in told}
    return (calls, by, {event["recipientAccountId"] for event in told}) == ([1, 0], {"reader", "writer"}, {MEMBER})


def _faults_know_the_caller(stage: Stage) -> bool:
    """A fault meets a call by the role that has assumed the one that makes it."""
    _order(stage, "fault", who="mover", mentions="unlucky", code="TooManyRequestsException", status=409)
    functions = stage.client("lambda", *_member_keys(stage))
    refused = code_of(functions.update_alias, FunctionName="tried", Name="live", Description="unlucky")
    _order(stage, "no-fault", mentions="unlucky")
    return refused == "TooManyRequestsException"


def _member_keys(stage: Stage) -> tuple[str, str, str]:
    session = _assume(stage.client("sts", *_session(stage)), "reader", ExternalId=_EXTERNAL_ID)
    return session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]


def _assume(sts: Any, role: str, **given: str) -> dict[str, str]:  # noqa: ANN401 - a client
    session: dict[str, str] = sts.assume_role(RoleArn=_role(role), RoleSessionName="tried", **given)["Credentials"]
    return session


def _tagged(tagging: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a client
    found: list[dict[str, Any]] = tagging.get_resources(TagFilters=[{"Key": "rollout:alias"}])["ResourceTagMappingList"]
    return found


def _calls(cloudwatch: Any) -> float:  # noqa: ANN401 - a client
    now = time.time()
    query = {"Id": "calls", "MetricStat": {"Metric": _metric(_BY_FUNCTION), "Period": 60, "Stat": "Sum"}}
    answer = cloudwatch.get_metric_data(MetricDataQueries=[query], StartTime=now - 600, EndTime=now + 60)
    return float(sum(answer["MetricDataResults"][0]["Values"]))


BEGUN = [_begin]
PROMISES = [_acts_there, _refused_there, _assumed, _acts_as_member, _recorded_there, _faults_know_the_caller]
