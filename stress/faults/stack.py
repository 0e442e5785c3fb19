"""The deployed stack, accessed by AWS calls and by the emulator's own control requests."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from sandbox.deploy import STACK, deployed
from sandbox.server import Sandbox, free_port
from sandbox.shop import Shop
from stress.faults.audit import BY_HAND, Audit
from stress.faults.observed_rollout import Alias
from stress.faults.stack_parameters import shorten_periods, store_policies

PACE = 1 / 12
"""Retries of the state machine and rules with a rate run twelve times as fast."""
_plain = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Stack:
    """A local AWS with the stack deployed."""

    local: Sandbox
    outputs: dict[str, str]
    audit: Audit

    def client(self, service: str) -> Any:  # noqa: ANN401 - a boto3 client
        return _client(self.local, service)

    @cached_property
    def ids(self) -> dict[str, str]:
        """The physical ids of the stack's resources, by their logical ids."""
        resources = self.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}

    def allowed_actions(self, role: str) -> frozenset[str]:
        """Return the actions that a role of the stack, given by its logical id, allows."""
        iam, name = self.client("iam"), self.ids[role]
        actions: set[str] = set()
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for statement in document["Statement"]:
                action = statement["Action"]
                actions |= {action} if isinstance(action, str) else {*action}
        return frozenset(actions)

    def alias(self, shop: Shop) -> Alias:
        response = self.client("lambda").get_alias(FunctionName=shop.name, Name=shop.alias)
        weights = (response.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        return Alias(response["FunctionVersion"], weights, response["RevisionId"])

    def edit_alias(self, shop: Shop, version: str) -> str:
        """Point the alias at a version, as another writer would; return the alias's new revision."""
        response = self.client("lambda").update_alias(
            FunctionName=shop.name,
            Name=shop.alias,
            FunctionVersion=version,
            RoutingConfig={"AdditionalVersionWeights": {}},
            Description=BY_HAND,
        )
        return str(response["RevisionId"])

    def ledger(self, shop: Shop) -> list[dict[str, Any]]:
        """Return the ledger's entries about a function, as plain values."""
        items = self.client("dynamodb").query(
            TableName=self.outputs["LedgerTableName"],
            KeyConditionExpression="target = :target",
            ExpressionAttributeValues={":target": {"S": _partition(shop)}},
            ConsistentRead=True,
        )["Items"]
        return [{name: _plain(value) for name, value in item.items()} for item in items]

    def lock_holder(self, shop: Shop) -> str:
        """Return the execution that holds the lock of a function's alias; empty if none does."""
        response = self.client("dynamodb").get_item(
            TableName=self.outputs["LedgerTableName"],
            Key={"target": {"S": _partition(shop)}, "entry": {"S": "lock"}},
            ConsistentRead=True,
        )
        return str(_plain(response["Item"]["holder"])) if "Item" in response else ""

    def executions_of(self, shop: Shop, version: str) -> list[str]:
        """Return the executions whose request names this version of the function."""
        client = self.client("stepfunctions")
        listed = client.list_executions(stateMachineArn=self.outputs["StateMachineArn"], maxResults=1000)["executions"]
        arns = [execution["executionArn"] for execution in listed if shop.name in execution["name"]]
        requests = {arn: json.loads(client.describe_execution(executionArn=arn)["input"]) for arn in arns}
        return [
            arn
            for arn, request in requests.items()
            if request["function"].rpartition(":")[2] == shop.name and request.get("version") == version
        ]

    def describe(self, execution: str) -> dict[str, Any]:
        description: dict[str, Any] = self.client("stepfunctions").describe_execution(executionArn=execution)
        return description

    def states(self, execution: str) -> frozenset[str]:
        """Return the names of the states that an execution has entered."""
        history = self.client("stepfunctions").get_paginator("get_execution_history")
        events = [event for page in history.paginate(executionArn=execution) for event in page["events"]]
        return frozenset(event["stateEnteredEventDetails"]["name"] for event in events if "Entered" in event["type"])

    def request(self, name: str, **parameters: object) -> Any:  # noqa: ANN401 - parsed JSON
        """Send a control request that only the emulator knows; return its response."""
        url, body = f"{self.local.url}/_sandbox/{name}", json.dumps(parameters).encode()
        return json.loads(urllib.request.urlopen(urllib.request.Request(url, body, method="POST")).read())  # noqa: S310

    def occurrences(self, shop: Shop, action: str) -> int:
        """Return how often the fault of an action has occurred in a function's rollout."""
        faults = [fault for fault in self.request("list-faults") if fault["contains"] == shop.name]
        return max((fault["applied"] for fault in faults if fault["action"] == action), default=0)


def _partition(shop: Shop) -> str:
    return f"000000000000/us-east-1/{shop.name}/{shop.alias}"


def _client(local: Sandbox, service: str) -> Any:  # noqa: ANN401 - a boto3 client
    """Return a client for this thread. Clients are kept because creating one takes longer than a call."""
    clients = _clients.__dict__
    key = f"{service}@{local.url}"
    if key not in clients:
        clients[key] = local.client(service)
    return clients[key]


_clients = threading.local()


@contextmanager
def run_stack(report: Callable[[str], object]) -> Iterator[Stack]:
    """Run a local AWS with the stack deployed, at metric periods of two seconds."""
    with deployed(free_port(), "faults", report) as (local, outputs):
        shorten_periods(local.client("cloudformation"))
        store_policies(local.client("ssm"))
        with Audit(local) as audit:
            stack = Stack(local, outputs, audit)
            stack.request("set-time-scale", scale=PACE)
            yield stack
