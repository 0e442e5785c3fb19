"""Starts, stops and follows executions of the deployed state machine."""

import time
from collections.abc import Callable
from typing import Any

from sandbox.server import SandboxError
from stress.verify_aws.pace import Pace


class NotEndedError(SandboxError):
    """When an execution does not get where it must; the message names it."""


class Executions:
    """The executions of one state machine."""

    def __init__(self, client: Any, state_machine_arn: str, pace: Pace) -> None:  # noqa: ANN401 - a client
        self._client = client
        self._state_machine_arn = state_machine_arn
        self._pace = pace

    def wait_for_start(self, function: str, version: str) -> tuple[str, str]:
        """Return the execution of a published version, started by its event or else by hand, and which of both."""
        if self.wait_until(lambda: self._of_version(function, version), self._pace.start_seconds):
            return self._of_version(function, version), "its event"
        request = self._pace.request(function, version)
        started = self._client.start_execution(stateMachineArn=self._state_machine_arn, input=request)
        return started["executionArn"], "hand, because no event arrived (is there a trail?)"

    def wait_for_state(self, execution: str, state: str) -> None:
        """Wait until an execution has entered a state; raises NotEndedError."""
        if not self.wait_until(lambda: state in self.states(execution)):
            raise NotEndedError(f"{execution} did not enter {state}: read its history in the console.")

    def wait_for_end(self, execution: str) -> tuple[str, str]:
        """Return the error of an ended execution, or its status where it has none, and the cause."""
        if not self.wait_until(lambda: self._describe(execution)["status"] != "RUNNING"):
            raise NotEndedError(f"{execution} still runs: read its history in the console.")
        ended = self._describe(execution)
        ending = ended.get("error") if ended["status"] == "FAILED" else ended["status"]
        return ending or ended["status"], ended.get("cause", "")

    def stop(self, execution: str) -> None:
        """Stop an execution as an operator does."""
        self._client.stop_execution(executionArn=execution, cause="stress.verify_aws stops it")

    def states(self, execution: str) -> list[str]:
        """Return the names of the states that were entered, in order."""
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=execution)
        events = [event for page in pages for event in page["events"]]
        return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]

    def wait_until(self, condition: Callable[[], object], seconds: float | None = None) -> bool:
        """Return whether a condition became true within so many seconds, by default those of a story."""
        deadline = time.monotonic() + (self._pace.story_seconds if seconds is None else seconds)
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(self._pace.period / 10)
        return True

    def _of_version(self, function: str, version: str) -> str:
        listed = self._client.list_executions(stateMachineArn=self._state_machine_arn, maxResults=100)["executions"]
        prefix = f"{function}-{version}-"
        return next((entry["executionArn"] for entry in listed if entry["name"].startswith(prefix)), "")

    def _describe(self, execution: str) -> dict[str, Any]:
        described: dict[str, Any] = self._client.describe_execution(executionArn=execution)
        return described
