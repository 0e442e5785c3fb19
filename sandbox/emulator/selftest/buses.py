"""Promises about events that go to another account's bus, and about CloudFormation in that account."""

import json
from typing import Any

from sandbox.accounts import MEMBER, ORGANIZATION, STRANGER
from sandbox.emulator.selftest.faults import _order
from sandbox.emulator.selftest.stage import ACCOUNT, REGION, Stage, code_of

_ELSEWHERE = "eu-west-1"
_BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/members"
_EVERYTHING = {"source": [{"exists": True}]}
_VERSION = "2012-10-17"


def _resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _policy(**statement: object) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": [{"Effect": "Allow", **statement}]}


def _arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


_LETS_IN = {
    "Effect": "Allow",
    "Principal": {"AWS": [MEMBER]},
    "Action": "events:PutEvents",
    "Resource": _BUS,
    "Condition": {"StringEquals": {"events:source": ["told", "aws.events"]}},
}
_HOME = {
    "Bus": _resource("Events::EventBus", Name="members"),
    "Policy": _resource("Events::EventBusPolicy", EventBusName={"Ref": "Bus"}, StatementId="in", Statement=_LETS_IN),
    "Gathered": _resource("SQS::Queue", QueueName="gathered"),
    "Gather": _resource(
        "Events::Rule",
        EventBusName={"Ref": "Bus"},
        EventPattern=_EVERYTHING,
        Targets=[{"Id": "queue", "Arn": _arn("Gathered")}, {"Id": "bus", "Arn": _arn("Further")}],
    ),
    "Further": _resource("Events::EventBus", Name="further"),
    "GatherFurther": _resource(
        "Events::Rule",
        EventBusName={"Ref": "Further"},
        EventPattern=_EVERYTHING,
        Targets=[{"Id": "queue", "Arn": _arn("Gathered")}],
    ),
}
_SERVICE = {"Service": "events.amazonaws.com"}
_BURIES = _policy(Principal=_SERVICE, Action="sqs:SendMessage", Resource=_arn("Dead"))
_TARGET = {"Id": "bus", "Arn": _BUS, "RoleArn": _arn("Role"), "DeadLetterConfig": {"Arn": _arn("Dead")}}
_AWAY = {
    "Role": _resource(
        "IAM::Role",
        RoleName={"Fn::Sub": "forward-${AWS::Region}"},
        AssumeRolePolicyDocument=_policy(Principal=_SERVICE, Action="sts:AssumeRole"),
        Policies=[{"PolicyName": "put", "PolicyDocument": _policy(Action="events:PutEvents", Resource=_BUS)}],
    ),
    "Dead": _resource("SQS::Queue", QueueName="dead"),
    "Buries": _resource("SQS::QueuePolicy", Queues=[{"Ref": "Dead"}], PolicyDocument=_BURIES),
    "Forward": _resource("Events::Rule", EventPattern={"source": ["told", "unwanted"]}, Targets=[_TARGET]),
    "Hourly": _resource("Events::Rule", ScheduleExpression="rate(1 hour)", Targets=[_TARGET]),
}


def _deployed(stage: Stage) -> bool:
    """CloudFormation gives a bus its policy, and a member account its rules, in any region."""
    for account, region, resources in ((ACCOUNT, REGION, _HOME), (MEMBER, _ELSEWHERE, _AWAY)):
        formation = stage.client("cloudformation", account, region=region)
        template, may = json.dumps({"Resources": resources}), ["CAPABILITY_NAMED_IAM"]
        formation.create_stack(StackName="buses", TemplateBody=template, Capabilities=may)
        formation.get_waiter("stack_create_complete").wait(StackName="buses", WaiterConfig={"Delay": 0.05})
    stage.client("iam", MEMBER).get_role(RoleName=f"forward-{_ELSEWHERE}")
    return "events:source" in stage.events.describe_event_bus(Name="members")["Policy"]


def _crosses(stage: Stage) -> bool:
    """A rule puts an event on the bus of another account and region, where it keeps its own, and goes no further."""
    _tell(stage, "told", MEMBER, _ELSEWHERE)
    return _gathered(stage) == [("told", MEMBER, _ELSEWHERE)]


def _buried(stage: Stage) -> bool:
    """What a bus refuses goes to the dead-letter queue of the rule's target."""
    _tell(stage, "unwanted", MEMBER, _ELSEWHERE)
    buried = _received(stage.client("sqs", MEMBER, region=_ELSEWHERE), "dead")
    return [event["source"] for event in buried] == ["unwanted"] and _gathered(stage) == []


def _role_of_target_checked(stage: Stage) -> bool:
    """A rule puts events on a bus with the rights of its target's role alone."""
    iam = stage.client("iam", MEMBER)
    iam.delete_role_policy(RoleName=f"forward-{_ELSEWHERE}", PolicyName="put")
    _tell(stage, "told", MEMBER, _ELSEWHERE)
    buried = _received(stage.client("sqs", MEMBER, region=_ELSEWHERE), "dead")
    allowed = json.dumps(_policy(Action="events:PutEvents", Resource=_BUS))
    iam.put_role_policy(RoleName=f"forward-{_ELSEWHERE}", PolicyName="put", PolicyDocument=allowed)
    return (len(buried), _gathered(stage)) == (1, [])


def _ticks_elsewhere(stage: Stage) -> bool:
    """A rule with a rate tells another account's bus its own account and region."""
    _order(stage, "pace", pace=1e-9)
    for _ in range(2):  # at first sight of a rule MiniStack begins to count
        _order(stage, "tick")
    _order(stage, "pace", pace=1)
    return _gathered(stage)[:1] == [("aws.events", MEMBER, _ELSEWHERE)]


def _called_from_elsewhere(stage: Stage) -> bool:
    """PutEvents reaches another account's bus where its policy lets the caller in."""
    codes = [
        _code(stage, source, account) for source, account in (("told", MEMBER), ("told", STRANGER), ("un", MEMBER))
    ]
    arrived = _gathered(stage)
    refused = "AccessDeniedException"
    return codes == ["accepted", refused, refused] and arrived == [("told", MEMBER, REGION)] * 2


def _organized(stage: Stage) -> bool:
    """A bus can let in an organization."""
    condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": ORGANIZATION}
    stage.events.remove_permission(EventBusName="members", RemoveAllPermissions=True)
    stage.events.put_permission(
        EventBusName="members", StatementId="in", Principal="*", Action="events:PutEvents", Condition=condition
    )
    return [_code(stage, "told", account) for account in (MEMBER, STRANGER)] == ["accepted", "AccessDeniedException"]


def _code(stage: Stage, source: str, account: str) -> str:
    return code_of(_tell, stage, source, account, REGION, _BUS)


def _tell(stage: Stage, source: str, account: str, region: str, bus: str = "default") -> None:
    entry = {"Source": source, "DetailType": "Told", "Detail": "{}", "EventBusName": bus}
    stage.client("events", account, region=region).put_events(Entries=[entry])


def _gathered(stage: Stage) -> list[tuple[str, str, str]]:
    return [(event["source"], event["account"], event["region"]) for event in _received(stage.sqs, "gathered")]


def _received(sqs: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 - a client
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]


PROMISES = [
    _deployed,
    _crosses,
    _buried,
    _role_of_target_checked,
    _ticks_elsewhere,
    _called_from_elsewhere,
    _organized,
]
