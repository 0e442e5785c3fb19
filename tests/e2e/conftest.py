"""One sandbox for the whole suite, with the stack deployed; every test brings a function of its own."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.deploy import deployed
from sandbox.server import Sandbox, free_port
from sandbox.shop import Shop

POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Cloud:
    """The deployed stack as its operators and its users see it: through AWS API calls alone."""

    local: Sandbox
    outputs: dict[str, str]

    @property
    def url(self) -> str:
        return self.local.url

    @property
    def audit(self) -> Path:
        return self.local.audit

    def client(self, service: str) -> Any:
        return self.local.client(service)

    def shop(self, name: str, *, opted_in: bool = True) -> Shop:
        """Create a function with one healthy version behind its alias `live`, tagged unless told otherwise."""
        shop = Shop(self.local, name)
        shop.open(opted_in=opted_in)
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
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=execution)
        entered = [event.get("stateEnteredEventDetails", {}).get("name") for page in pages for event in page["events"]]
        return [name for name in entered if name]

    def enters(self, execution: str, state: str, within_seconds: float = 60) -> None:
        """Wait until an execution has entered a state."""
        deadline = time.monotonic() + within_seconds
        while state not in self.states(execution):
            if time.monotonic() > deadline:
                pytest.fail(f"{execution} entered {self.states(execution)}, but not {state}.")
            time.sleep(POLL_SECONDS)

    def started_by_event(self, function: str, version: str, within_seconds: float = 20) -> str:
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
            if (request.get("function"), request.get("version")) == (function, version)
        ]

    def decisions(self) -> list[dict[str, Any]]:
        """Return every decision of IAM so far: principal (a role's name), action, resource, allowed."""
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


@pytest.fixture(scope="session")
def sandbox():
    with deployed(free_port(), "e2e") as (local, outputs):
        yield Cloud(local, outputs)
