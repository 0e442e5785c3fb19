"""Checks of event delivery between accounts, and of CloudFormation in another account."""

import json
from typing import Any

from sandbox.accounts import MEMBER, ORGANIZATION, OTHER_REGION, OUTSIDER
from sandbox.emulator.selftest.fixtures import ACCOUNT, REGION, Fixture, code_of

_BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/central"
_EVERYTHING = {"source": [{"exists": True}]}
_VERSION = "2012-10-17"


def resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def policy_document(**statement: object) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": [{"Effect": "Allow", **statement}]}


def arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


_ALLOW_MEMBER = {
    "Effect": "Allow",
    "Principal": {"AWS": [MEMBER]},
    "Action": "events:PutEvents",
    "Resource": _BUS,
    "Condition": {"StringEquals": {"events:source": ["allowed", "aws.events"]}},
}
_CENTRAL_RESOURCES = {
    "Bus": resource("Events::EventBus", Name="central"),
    "Policy": resource(
        "Events::EventBusPolicy", EventBusName={"Ref": "Bus"}, StatementId="in", Statement=_ALLOW_MEMBER
    ),
    "Received": resource("SQS::Queue", QueueName="received"),
    "Receive": resource(
        "Events::Rule",
        EventBusName={"Ref": "Bus"},
        EventPattern=_EVERYTHING,
        Targets=[{"Id": "queue", "Arn": arn("Received")}, {"Id": "bus", "Arn": arn("Further")}],
    ),
    "Further": resource("Events::EventBus", Name="further"),
    "ReceiveFurther": resource(
        "Events::Rule",
        EventBusName={"Ref": "Further"},
        EventPattern=_EVERYTHING,
        Targets=[{"Id": "queue", "Arn": arn("Received")}],
    ),
}
_SERVICE = {"Service": "events.amazonaws.com"}
_DEAD_LETTER_POLICY = policy_document(Principal=_SERVICE, Action="sqs:SendMessage", Resource=arn("DeadLetters"))
_TARGET = {"Id": "bus", "Arn": _BUS, "RoleArn": arn("Role"), "DeadLetterConfig": {"Arn": arn("DeadLetters")}}
_MEMBER_RESOURCES = {
    "Role": resource(
        "IAM::Role",
        RoleName={"Fn::Sub": "forward-${AWS::Region}"},
        AssumeRolePolicyDocument=policy_document(Principal=_SERVICE, Action="sts:AssumeRole"),
        Policies=[{"PolicyName": "put", "PolicyDocument": policy_document(Action="events:PutEvents", Resource=_BUS)}],
    ),
    "DeadLetters": resource("SQS::Queue", QueueName="dead-letters"),
    "DeadLetterPolicy": resource(
        "SQS::QueuePolicy", Queues=[{"Ref": "DeadLetters"}], PolicyDocument=_DEAD_LETTER_POLICY
    ),
    "Forward": resource("Events::Rule", EventPattern={"source": ["allowed", "refused"]}, Targets=[_TARGET]),
    "HourlyRule": resource("Events::Rule", ScheduleExpression="rate(1 hour)", Targets=[_TARGET]),
}


def _deployed(fixture: Fixture) -> bool:
    """CloudFormation creates the policy of a bus, and the rules of a member account in another region."""
    for account, region, resources in (
        (ACCOUNT, REGION, _CENTRAL_RESOURCES),
        (MEMBER, OTHER_REGION, _MEMBER_RESOURCES),
    ):
        formation = fixture.client("cloudformation", account, region=region)
        template, capabilities = json.dumps({"Resources": resources}), ["CAPABILITY_NAMED_IAM"]
        formation.create_stack(StackName="buses", TemplateBody=template, Capabilities=capabilities)
        formation.get_waiter("stack_create_complete").wait(StackName="buses", WaiterConfig={"Delay": 0.05})
    fixture.client("iam", MEMBER).get_role(RoleName=f"forward-{OTHER_REGION}")
    return "events:source" in fixture.events.describe_event_bus(Name="central")["Policy"]


def _rule_reaches_other_account(fixture: Fixture) -> bool:
    """A rule puts an event on a bus of another account and region, where it keeps its own and is not forwarded."""
    _put_event(fixture, "allowed", MEMBER, OTHER_REGION)
    return events_received(fixture) == [("allowed", MEMBER, OTHER_REGION)]


def _dead_letter_sent(fixture: Fixture) -> bool:
    """An event that a bus refuses goes to the dead-letter queue of the rule's target."""
    _put_event(fixture, "refused", MEMBER, OTHER_REGION)
    dead_letters = received(fixture.client("sqs", MEMBER, region=OTHER_REGION), "dead-letters")
    return [event["source"] for event in dead_letters] == ["refused"] and events_received(fixture) == []


def _target_role_checked(fixture: Fixture) -> bool:
    """A rule puts events on a bus with the permissions of its target's role."""
    iam = fixture.client("iam", MEMBER)
    iam.delete_role_policy(RoleName=f"forward-{OTHER_REGION}", PolicyName="put")
    _put_event(fixture, "allowed", MEMBER, OTHER_REGION)
    dead_letters = received(fixture.client("sqs", MEMBER, region=OTHER_REGION), "dead-letters")
    allowed = json.dumps(policy_document(Action="events:PutEvents", Resource=_BUS))
    iam.put_role_policy(RoleName=f"forward-{OTHER_REGION}", PolicyName="put", PolicyDocument=allowed)
    return (len(dead_letters), events_received(fixture)) == (1, [])


def _bus_policy_checked(fixture: Fixture) -> bool:
    """PutEvents reaches another account's bus only if the bus's policy allows the caller and the source."""
    codes = [
        _code(fixture, source, account)
        for source, account in (("allowed", MEMBER), ("allowed", OUTSIDER), ("refused", MEMBER))
    ]
    received = events_received(fixture)
    refused = "AccessDeniedException"
    return codes == ["accepted", refused, refused] and received == [("allowed", MEMBER, REGION)] * 2


def _organization_allowed(fixture: Fixture) -> bool:
    """A bus's policy can allow an organization."""
    condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": ORGANIZATION}
    fixture.events.remove_permission(EventBusName="central", RemoveAllPermissions=True)
    fixture.events.put_permission(
        EventBusName="central", StatementId="in", Principal="*", Action="events:PutEvents", Condition=condition
    )
    return [_code(fixture, "allowed", account) for account in (MEMBER, OUTSIDER)] == [
        "accepted",
        "AccessDeniedException",
    ]


def _code(fixture: Fixture, source: str, account: str) -> str:
    return code_of(_put_event, fixture, source, account, REGION, _BUS)


def _put_event(fixture: Fixture, source: str, account: str, region: str, bus: str = "default") -> None:
    entry = {"Source": source, "DetailType": "Test", "Detail": "{}", "EventBusName": bus}
    fixture.client("events", account, region=region).put_events(Entries=[entry])


def events_received(fixture: Fixture) -> list[tuple[str, str, str]]:
    return [(event["source"], event["account"], event["region"]) for event in received(fixture.sqs, "received")]


def received(sqs: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 - a client
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]


CHECKS = [
    _deployed,
    _rule_reaches_other_account,
    _dead_letter_sent,
    _target_role_checked,
    _bus_policy_checked,
    _organization_allowed,
]
