"""The deployed stack as the suite sees it: by AWS calls, and the orders only the emulator takes."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from sandbox.deploy import STACK, deployed
from sandbox.server import Sandbox, free_port
from sandbox.shop import Shop
from stress.faults.heard import BY_HAND, Heard
from stress.faults.promises import Alias

PERIOD_SECONDS = 2
PACE = 1 / 12
"""Retries of the state machine and rules with a rate run twelve times as fast."""
POLICY = {
    "steps": [{"percent": 50, "hold": PERIOD_SECONDS}],
    "bake": PERIOD_SECONDS,
    "interval": PERIOD_SECONDS,
    "min_invocations": 4,
    "max_extension": 20,
    "on_inconclusive": "roll_back",
    "metrics": ["errors", {"slow": {}, "mode": "advisory"}],
}
_CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_plain = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Cloud:
    """A sandbox with the stack in it."""

    local: Sandbox
    outputs: dict[str, str]
    heard: Heard

    def client(self, service: str) -> Any:
        return _client(self.local, service)

    @cached_property
    def ids(self) -> dict[str, str]:
        """The stack's resources by their logical ids."""
        found = self.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}

    def allowed(self, role: str) -> frozenset[str]:
        """Return the actions that a role of the stack may do, by its logical id."""
        iam, name, actions = self.client("iam"), self.ids[role], set()
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for statement in document["Statement"]:
                action = statement["Action"]
                actions |= {action} if isinstance(action, str) else {*action}
        return frozenset(actions)

    def alias(self, shop: Shop) -> Alias:
        found = self.client("lambda").get_alias(FunctionName=shop.name, Name=shop.alias)
        weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        return Alias(found["FunctionVersion"], weights, found["RevisionId"])

    def move(self, shop: Shop, version: str) -> str:
        """Point the alias at a version by hand; return the revision it gets."""
        moved = self.client("lambda").update_alias(
            FunctionName=shop.name,
            Name=shop.alias,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": {}},
            Description=BY_HAND,
        )
        return str(moved["RevisionId"])

    def ledger(self, shop: Shop) -> list[dict[str, Any]]:
        """Return the ledger's entries about a shop, as plain values."""
        found = self.client("dynamodb").query(
            TableName=self.outputs["LedgerTableName"],
            KeyConditionExpression="target = :target",
            ExpressionAttributeValues={":target": {"S": _partition(shop)}},
            ConsistentRead=True,
        )["Items"]
        return [{name: _plain(value) for name, value in item.items()} for item in found]

    def holder(self, shop: Shop) -> str:
        """Return the execution that has the claim to a shop's alias; empty if none has."""
        found = self.client("dynamodb").get_item(
            TableName=self.outputs["LedgerTableName"],
            Key={"target": {"S": _partition(shop)}, "entry": {"S": "lock"}},
            ConsistentRead=True,
        )
        return str(_plain(found["Item"]["holder"])) if "Item" in found else ""

    def rollouts_of(self, shop: Shop, version: str) -> list[str]:
        """Return the executions asked to roll out this version."""
        states, asked_for = self.client("stepfunctions"), f":function:{shop.name}"
        listed = states.list_executions(stateMachineArn=self.outputs["StateMachineArn"], maxResults=1000)["executions"]
        arns = [execution["executionArn"] for execution in listed if shop.name in execution["name"]]
        asked = {arn: json.loads(states.describe_execution(executionArn=arn)["input"]) for arn in arns}
        return [a for a, i in asked.items() if i["function"].endswith(asked_for) and i.get("version") == version]

    def describe(self, execution: str) -> dict[str, Any]:
        described: dict[str, Any] = self.client("stepfunctions").describe_execution(executionArn=execution)
        return described

    def order(self, word: str, **order: Any) -> Any:
        """Give the emulator an order that no AWS takes."""
        url, body = f"{self.local.url}/_sandbox/{word}", json.dumps(order).encode()
        return json.loads(urllib.request.urlopen(urllib.request.Request(url, body, method="POST")).read())  # noqa: S310

    def struck(self, shop: Shop, action: str) -> int:
        """Return how often the fault of an action has struck a shop's rollout."""
        return max(
            (f["struck"] for f in self.order("faults") if f["mentions"] == shop.name and f["action"] == action),
            default=0,
        )


def _partition(shop: Shop) -> str:
    return f"000000000000/us-east-1/{shop.name}/{shop.alias}"


def _client(local: Sandbox, service: str) -> Any:
    """Make each client once for a thread: making one takes longer than using it."""
    made = _clients.__dict__
    key = f"{service}@{local.url}"
    if key not in made:
        made[key] = local.client(service)
    return made[key]


_clients = threading.local()


@contextmanager
def running(say: Any) -> Iterator[Cloud]:
    """Run a sandbox with the stack deployed, at periods of two seconds."""
    with deployed(free_port(), "faults", say) as (local, outputs):
        _hurry(local)
        with Heard(local) as heard:
            cloud = Cloud(local, outputs, heard)
            cloud.order("pace", pace=PACE)
            yield cloud


def _hurry(local: Sandbox) -> None:
    """Set the stack's parameters as an operator would, by an update that keeps its template."""
    quick = {
        "MetricPeriodSeconds": str(PERIOD_SECONDS),
        "MetricLagSeconds": "1",
        "DefaultPolicy": json.dumps(POLICY),
    }
    formation = local.client("cloudformation")
    known = formation.describe_stacks(StackName=STACK)["Stacks"][0]["Parameters"]
    parameters = [_parameter(known_one["ParameterKey"], quick) for known_one in known]
    formation.update_stack(StackName=STACK, UsePreviousTemplate=True, Parameters=parameters, Capabilities=_CAPABILITIES)
    deadline = time.monotonic() + 60
    while (status := formation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]) != "UPDATE_COMPLETE":
        if time.monotonic() > deadline or "ROLLBACK" in status:
            raise TimeoutError(f"The stack is {status}")
        time.sleep(0.2)


def _parameter(name: str, values: dict[str, str]) -> dict[str, Any]:
    given = {"ParameterValue": values[name]} if name in values else {"UsePreviousValue": True}
    return {"ParameterKey": name, **given}
