"""Checks of EventBridge Scheduler, with the rules and the buses of the checks of events."""

import json
from typing import Any

from sandbox.accounts import MEMBER, OTHER_REGION
from sandbox.emulator.selftest.events import arn, events_received, policy_document, received, resource
from sandbox.emulator.selftest.fixtures import Fixture, send_control_request

_DEFAULT_BUS = {"Fn::Sub": "arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}


def _role(service: str) -> dict[str, Any]:
    """Return a role that trusts a service and may put events on the default bus."""
    condition = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    allowed = policy_document(Action="events:PutEvents", Resource=_DEFAULT_BUS)
    return resource(
        "IAM::Role",
        AssumeRolePolicyDocument=policy_document(
            Principal={"Service": service}, Action="sts:AssumeRole", Condition=condition
        ),
        Policies=[{"PolicyName": "put", "PolicyDocument": allowed}],
    )


def _schedule(source: str, role: str) -> dict[str, Any]:
    """Return a schedule that puts an event on the default bus once an hour."""
    event = {"EventBridgeParameters": {"Source": source, "DetailType": "Test"}, "Input": "{}"}
    target = {"Arn": _DEFAULT_BUS, "RoleArn": arn(role), **event}
    return resource(
        "Scheduler::Schedule", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target
    )


_RESOURCES = {
    "Trusting": _role("scheduler.amazonaws.com"),
    "Untrusting": _role("events.amazonaws.com"),
    "Hourly": _schedule("allowed", "Trusting"),
    "Untrusted": _schedule("refused", "Untrusting"),
}


def _schedules_run(fixture: Fixture) -> bool:
    """A schedule puts its event on its own bus if its role trusts it; no scheduled rule reaches another account."""
    formation = fixture.client("cloudformation", MEMBER, region=OTHER_REGION)
    template, capabilities = json.dumps({"Resources": _RESOURCES}), ["CAPABILITY_IAM"]
    formation.create_stack(StackName="schedules", TemplateBody=template, Capabilities=capabilities)
    formation.get_waiter("stack_create_complete").wait(StackName="schedules", WaiterConfig={"Delay": 0.05})
    events_received(fixture)  # those of the checks before
    send_control_request(fixture, "set-time-scale", scale=1e-9)
    for _ in range(2):  # at first sight of a rule MiniStack begins to count
        send_control_request(fixture, "run-schedules")
    send_control_request(fixture, "set-time-scale", scale=1)
    dead_letters = received(fixture.client("sqs", MEMBER, region=OTHER_REGION), "dead-letters")
    refused = {event["source"] for event in dead_letters}
    return (refused, {*events_received(fixture)}) == ({"aws.events"}, {("allowed", MEMBER, OTHER_REGION)})


CHECKS = [_schedules_run]
