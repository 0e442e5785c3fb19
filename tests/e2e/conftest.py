"""One sandbox for the whole suite, with the stack deployed; every test brings a function of its own."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from sandbox.deploy import deployed
from sandbox.server import Sandbox, free_port
from sandbox.shop import Shop
from tests.e2e.listener import Listener
from tests.e2e.stories import STORIES, Played, faulty_version_operated, fine_version_published

POLL_SECONDS = 0.2
STORIES_AT_ONCE = 5


_one_at_a_time = Lock()


def _client(local: Sandbox, service: str) -> Any:
    """One client for all, whichever story asks first: each keeps its connections, which nobody closes."""
    with _one_at_a_time:
        return _made(local, service)


@cache
def _made(local: Sandbox, service: str) -> Any:
    return local.client(service)


@dataclass(frozen=True)
class Cloud:
    """The deployed stack as its operators and its users see it: through AWS API calls alone."""

    local: Sandbox
    outputs: dict[str, str]
    listener: Listener

    @property
    def url(self) -> str:
        return self.local.url

    @property
    def audit(self) -> Path:
        return self.local.audit

    def client(self, service: str) -> Any:
        return _client(self.local, service)

    @cached_property
    def physical_ids(self) -> dict[str, str]:
        """The stack's resources by their logical ids."""
        stack = self.client("cloudformation").describe_stack_resources(StackName="lambda-rollouts")["StackResources"]
        return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in stack}

    def shop(self, name: str, *, opted_in: bool = True, **manners: float) -> Shop:
        """Create a function with one version behind its alias `live`, tagged and healthy unless told otherwise."""
        shop = Shop(self.local, name)
        shop.open(opted_in=opted_in, **manners)
        return shop

    def start(self, rollout: dict[str, Any], name: str | None = None) -> str:
        """Start a rollout by hand; return the execution's ARN."""
        named = {"name": name} if name else {}
        started = self.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["StateMachineArn"], input=json.dumps(rollout), **named
        )
        return started["executionArn"]

    def end(self, execution: str, within_seconds: float = 120) -> dict[str, Any]:
        """Wait for an execution's end; return what DescribeExecution says of it."""
        states, deadline = self.client("stepfunctions"), time.monotonic() + within_seconds
        while (described := states.describe_execution(executionArn=execution))["status"] == "RUNNING":
            if time.monotonic() > deadline:
                pytest.fail(f"{execution} still runs after {within_seconds} s, in {self.states(execution)[-1]}.")
            time.sleep(POLL_SECONDS)
        return described

    def states(self, execution: str) -> list[str]:
        """Return the names of the states entered so far, in order."""
        return [entered["name"] for entered in self._entered(execution)]

    def inputs(self, execution: str) -> dict[str, Any]:
        """Return the document each state was given, by the state's name; the last one where it was entered often."""
        return {entered["name"]: json.loads(entered["input"]) for entered in self._entered(execution)}

    def _entered(self, execution: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
        events = [event for page in pages for event in page["events"]]
        return [event["stateEnteredEventDetails"] for event in events if "stateEnteredEventDetails" in event]

    def enters(self, execution: str, state: str, within_seconds: float = 60, times: int = 1) -> None:
        """Wait until an execution has entered a state, so many times."""
        deadline = time.monotonic() + within_seconds
        while self.states(execution).count(state) < times:
            if time.monotonic() > deadline:
                pytest.fail(f"{execution} entered {self.states(execution)}, but not {state}.")
            time.sleep(POLL_SECONDS)

    def run_again(self, played: Played, state: str) -> dict[str, Any]:
        """Run a state's function once more on the document it was given then, holding the claim it held."""
        document = self.inputs(played.execution)[state]
        key, table = _key(played.shop, "claim"), {"TableName": self.outputs["LedgerTableName"]}
        self.client("dynamodb").put_item(Item=key | {"holder": {"S": played.execution}}, **table)
        try:
            return self.call(f"{state}Function", document)
        finally:
            self.client("dynamodb").delete_item(Key=key, **table)

    def call(self, logical_id: str, document: object) -> dict[str, Any]:
        """Invoke one of the stack's functions; return its answer."""
        name, payload = self.physical_ids[logical_id], json.dumps(document).encode()
        return json.loads(self.client("lambda").invoke(FunctionName=name, Payload=payload)["Payload"].read())

    def claim(self, shop: Shop) -> dict[str, Any]:
        """Return the claim to a shop's alias; empty where nobody has it."""
        found = self.client("dynamodb").get_item(TableName=self.outputs["LedgerTableName"], Key=_key(shop, "claim"))
        return found.get("Item", {})

    def rollouts(self, shop: Shop) -> list[dict[str, str]]:
        """Return what the ledger has of a shop's rollouts, oldest first, in plain texts."""
        found = self.client("dynamodb").query(
            TableName=self.outputs["LedgerTableName"],
            KeyConditionExpression="target = :target AND begins_with(entry, :rollouts)",
            ExpressionAttributeValues={":target": _key(shop, "")["target"], ":rollouts": {"S": "rollout#"}},
        )
        return [{name: str(*value.values()) for name, value in item.items()} for item in found["Items"]]

    def made_whole(self, shop: Shop, within_seconds: float = 30) -> None:
        """Wait until nobody holds a shop's alias any more."""
        deadline = time.monotonic() + within_seconds
        while self.claim(shop):
            if time.monotonic() > deadline:
                pytest.fail(f"{shop.name}:{shop.alias} is still claimed after {within_seconds} s: {shop.served()}.")
            time.sleep(POLL_SECONDS)

    def started_by_event(self, function: str, version: str, within_seconds: float = 60) -> str:
        """Wait for the rollout that publishing this version starts; return the execution's ARN."""
        deadline = time.monotonic() + within_seconds
        while not (found := self.rollouts_of(function, version)):
            if time.monotonic() > deadline:
                pytest.fail(f"No rollout of {function} {version} started within {within_seconds} s.")
            time.sleep(POLL_SECONDS)
        return found[0]

    def rollouts_of(self, function: str, version: str) -> list[str]:
        """Return the executions that were asked to roll out this version, newest first."""
        states = self.client("stepfunctions")
        listed = states.list_executions(stateMachineArn=self.outputs["StateMachineArn"])["executions"]
        arns = [execution["executionArn"] for execution in listed]
        asked = {arn: json.loads(states.describe_execution(executionArn=arn)["input"]) for arn in arns}
        return [
            arn
            for arn, request in asked.items()
            if isinstance(request, dict) and _asked_for(request) == (function, version)
        ]

    def left_alone(self, shop: Shop, versions: int, within_seconds: float = 60) -> None:
        """Wait until the events of so many versions, published before the opt-in, have been looked at and left."""
        deadline = time.monotonic() + within_seconds
        while self._looked_up(shop.name) < versions:
            if time.monotonic() > deadline:
                pytest.fail(f"The events of {shop.name} were not looked at within {within_seconds} s.")
            time.sleep(POLL_SECONDS)

    def _looked_up(self, function: str) -> int:
        return sum(
            "StartRollout" in decision["principal"]
            and decision["action"] == "lambda:GetFunction"
            and decision["resource"].endswith(f":function:{function}")
            for decision in self.decisions()
        )

    def decisions(self) -> list[dict[str, Any]]:
        """Return every decision of IAM so far: principal (a role's name), action, resource, allowed."""
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


def _key(shop: Shop, entry: str) -> dict[str, dict[str, str]]:
    return {"target": {"S": f"000000000000/us-east-1/{shop.name}/{shop.alias}"}, "entry": {"S": entry}}


def _asked_for(request: dict[str, Any]) -> tuple[str, str | None]:
    return str(request.get("function")).split(":")[-1], request.get("version")


@pytest.fixture(scope="session")
def sandbox():
    with deployed(free_port(), "e2e") as (local, outputs):
        yield Cloud(local, outputs, Listener(partial(_client, local), outputs))


@pytest.fixture(scope="session")
def stories(sandbox):
    """Play the stories side by side, the longest first, as many as two cores carry; asked for one, wait for it."""
    with ThreadPoolExecutor(STORIES_AT_ONCE) as stage:
        playing = {story: stage.submit(story, sandbox) for story in STORIES}
        yield lambda story: playing[story].result()


@pytest.fixture(scope="session")
def late_shift(sandbox, stories):
    """Run the first shift of a rollout again, long after its end; return what the task answers."""
    return sandbox.run_again(stories(fine_version_published), "ShiftTraffic")


@pytest.fixture(scope="session")
def second_promotion(sandbox, stories):
    """Run the promotion of a rollout again, as if its answer had been lost; return what the task answers."""
    return sandbox.run_again(stories(fine_version_published), "PromoteVersion")


@pytest.fixture(scope="session")
def swept(sandbox, stories):
    """Call the guardian as its two schedules do, once every story has been told; return its answers."""
    for story in STORIES:
        stories(story)
    return {sweep: sandbox.call("GuardianFunction", {"sweep": sweep}) for sweep in ("aliases", "versions")}


@pytest.fixture(scope="session")
def rollback_code_broken(sandbox, stories):
    """Play a rollout of a faulty version while RollBack's code cannot be loaded, after all the others."""
    for story in STORIES:
        stories(story)
    functions, rollback = sandbox.client("lambda"), sandbox.physical_ids["RollBackFunction"]
    functions.update_function_configuration(FunctionName=rollback, Handler="nowhere.handler")
    played = faulty_version_operated(sandbox)
    functions.update_function_configuration(FunctionName=rollback, Handler="app.handler")
    return played
