"""The executions of the rollout state machine, as the Step Functions API shows them."""

import json
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from tests.e2e.waiting import wait_for


class Visit(NamedTuple):
    """A state that an execution entered and left."""

    state: str
    entered_at: datetime
    left_at: datetime
    output: Any


class Executions:
    """Starts rollouts, waits for them, and reads their history."""

    def __init__(self, client: Any, state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn
        self._requests: dict[str, Any] = {}
        """The input of each execution by its ARN; an input does not change, so it is read once."""

    def start(self, request: object) -> str:
        """Start a rollout as an operator does; return the ARN of the execution."""
        document = json.dumps(request)
        started = self._client.start_execution(stateMachineArn=self._state_machine_arn, input=document)
        return started["executionArn"]

    def stop(self, arn: str) -> None:
        self._client.stop_execution(executionArn=arn)

    def wait_for_end(self, arn: str) -> dict[str, Any]:
        """Wait until an execution has ended; return its description."""
        return wait_for(lambda: self._ended(arn), lambda: f"{arn} still runs, in {self.states(arn)[-1]}.")

    def wait_for_state(self, arn: str, state: str, after: str = "") -> None:
        """Wait until an execution has entered a state, and that after another state if one is named."""

        def entered() -> bool:
            ended, states = self._ended(arn), _from(after, self.states(arn))
            if ended and state not in states:
                pytest.fail(f"{arn} ended without {state}: {ended.get('output') or ended.get('cause')}")
            return state in states

        wait_for(entered, lambda: f"{arn} entered {self.states(arn)}, but not {state}.")

    def wait_for_version(self, function: str, version: str) -> str:
        """Wait for the rollout of a published version; return the ARN of the execution."""
        started = wait_for(
            lambda: self.of_version(function, version),
            lambda: f"No rollout of {function} {version} started.",
        )
        return started[0]

    def of_version(self, function: str, version: str) -> list[str]:
        """Return the ARNs of the executions that were started for a version, newest first."""
        return [arn for arn in self.arns() if _requested_version(self._request(arn)) == (function, version)]

    def arns(self) -> list[str]:
        """Return the ARNs of every execution, newest first."""
        pages = self._client.get_paginator("list_executions").paginate(stateMachineArn=self._state_machine_arn)
        return [execution["executionArn"] for page in pages for execution in page["executions"]]

    def states(self, arn: str) -> list[str]:
        """Return the names of the states that were entered so far, in order."""
        return [entered["name"] for entered in self._entered(arn)]

    def inputs(self, arn: str) -> dict[str, Any]:
        """Return the input of each state by its name; the last one of a state that was entered several times."""
        return {entered["name"]: json.loads(entered["input"]) for entered in self._entered(arn)}

    def visits(self, arn: str) -> list[Visit]:
        """Return each state that was entered and left so far, in the order in which they were left."""
        visits: list[Visit] = []
        entered: dict[str, list[datetime]] = {}
        for event in self._events(arn):
            if "stateEnteredEventDetails" in event:
                entered.setdefault(event["stateEnteredEventDetails"]["name"], []).append(event["timestamp"])
            if "stateExitedEventDetails" in event:
                left = event["stateExitedEventDetails"]
                output = json.loads(left.get("output", "null"))
                visits.append(Visit(left["name"], entered[left["name"]].pop(0), event["timestamp"], output))
        return visits

    def _entered(self, arn: str) -> list[dict[str, Any]]:
        events = self._events(arn)
        return [event["stateEnteredEventDetails"] for event in events if "stateEnteredEventDetails" in event]

    def _events(self, arn: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def _ended(self, arn: str) -> dict[str, Any]:
        """Return the description of an execution that has ended; empty if it runs."""
        description = self._client.describe_execution(executionArn=arn)
        return {} if description["status"] == "RUNNING" else description

    def _request(self, arn: str) -> Any:
        if arn not in self._requests:
            self._requests[arn] = json.loads(self._client.describe_execution(executionArn=arn)["input"])
        return self._requests[arn]


def _from(state: str, states: list[str]) -> list[str]:
    """Return the states from the first entry of one on; all of them if none is named."""
    if not state:
        return states
    return states[states.index(state) :] if state in states else []


def _requested_version(request: Any) -> tuple[str, str | None]:
    if not isinstance(request, dict):
        return "", None
    return str(request.get("function")).split(":")[-1], request.get("version")
