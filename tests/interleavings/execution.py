"""Runs the shipped state machine in atomic steps: one state entered, or one call of its task."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tests.interleavings.actors import Actor, CallOutcome
from tests.interleavings.states_language import Document, fill_template, next_state, place_result
from tests.statemachine.machine import ASL, substitute

STATES = json.loads(substitute(ASL.read_text()))["States"]
MAX_RETRIES = 1
"""A retrier with more attempts runs only this many: further attempts lead to the same states."""

Work = Callable[["Execution"], Callable[[], Any]]


class HooksFailedError(Exception):
    """When a Map state fails; the message is the name of the error."""


@dataclass
class Execution:
    """One execution of the state machine."""

    arn: str
    name: str
    started_at: datetime
    request: Document
    work: Work
    """Returns what the task of the current state does."""
    answer_hook: Callable[[], Any] = lambda: {"answer": "null"}
    """Returns what a Map state holds for a call of a hook; an exception fails the Map state."""
    state: str = "PrepareRollout"
    status: str = "RUNNING"
    document: Document = field(default_factory=dict)
    task: Actor | None = None
    stale_tasks: list[Actor] = field(default_factory=list)
    """Tasks that still run although the execution was stopped."""
    retries: dict[int, int] = field(default_factory=dict)
    states: Document = field(default_factory=lambda: STATES)
    """The states of the state machine that runs it."""
    path: list[str] = field(default_factory=list)
    """The states entered, in order."""

    @property
    def is_running(self) -> bool:
        return self.status == "RUNNING"

    def advance(self, outcome: CallOutcome = CallOutcome.ANSWERED) -> None:
        """Take the next atomic step; a call of a task has this outcome."""
        state = self.states[self.state]
        match state["Type"]:
            case "Task":
                self._advance_task(outcome)
            case "Choice":
                self._enter(next_state(state, self.document))
            case "Map":
                self._call_hooks(state)
            case "Wait" | "Pass":
                self._pass(state)
            case end:
                self.status = {"Succeed": "SUCCEEDED", "Fail": "FAILED"}[end]
        if self.task and self.task.has_ended:
            self._leave_task(self.task, state)

    def _pass(self, state: Document) -> None:
        if "Parameters" in state:
            result = fill_template(state["Parameters"], self.document, {})
            self.document = place_result(self.document, state.get("ResultPath", "$"), result)
        self._enter(state["Next"])

    def _call_hooks(self, state: Document) -> None:
        """Call every hook at once: nothing else reads or writes what they do."""
        calls = self.document
        for key in state["ItemsPath"].removeprefix("$.").split("."):
            calls = calls[key]
        path, after = state["ResultPath"], state["Next"]
        try:
            result: Any = [self.answer_hook() for _ in calls]
        except HooksFailedError as error:
            catcher = next(catcher for catcher in state["Catch"] if _matches(catcher, str(error)))
            path, after, result = catcher["ResultPath"], catcher["Next"], {"Error": str(error), "Cause": "too large"}
        self.document = place_result(self.document, path, result)
        self._enter(after)

    def stop(self) -> None:
        """Stop the execution, as StopExecution does. A running task is not informed and becomes stale."""
        self.status = "ABORTED"
        if self.task:
            self.stale_tasks.append(self.task)
        self.task = None

    def redrive(self) -> None:
        """Start again in the state in which the execution ended, with the same input."""
        self.status = "RUNNING"
        self.retries = {}

    def _advance_task(self, outcome: CallOutcome) -> None:
        if self.task is None:
            self.task = Actor(self.state, self.arn, self.work(self))
        else:
            self.task.resume(outcome)

    def _enter(self, state: str) -> None:
        self.state, self.retries, self.task = state, {}, None
        self.path.append(state)

    def _leave_task(self, task: Actor, state: Document) -> None:
        self.task = None
        if not task.is_killed and task.error is None:
            self.document = place_result(self.document, state.get("ResultPath", "$"), task.result)
            self._enter(state["Next"])
            return
        error, cause = ("Lambda.Unknown", "") if task.error is None else _error_and_cause(task.error)
        if self._retries(error, state):
            return
        catcher = next(catcher for catcher in state["Catch"] if _matches(catcher, error))
        failure = {"Error": error, "Cause": cause}
        self.document = place_result(self.document, catcher.get("ResultPath", "$"), failure)
        self._enter(catcher["Next"])

    def _retries(self, error: str, state: Document) -> bool:
        """Whether the state's retriers allow another attempt after this error; count the attempt."""
        number = next((number for number, retrier in enumerate(state["Retry"]) if _matches(retrier, error)), None)
        if number is None:
            return False
        self.retries[number] = self.retries.get(number, 0) + 1
        max_attempts: int = state["Retry"][number]["MaxAttempts"]
        return self.retries[number] <= min(max_attempts, MAX_RETRIES)


def task_input(execution: Execution) -> Document:
    """Return the input of the task of an execution's state."""
    context = {
        "Execution": {
            "Input": execution.request,
            "Id": execution.arn,
            "Name": execution.name,
            "StartTime": execution.started_at.isoformat(),
        }
    }
    parameters = execution.states[execution.state].get("Parameters")
    return execution.document if parameters is None else fill_template(parameters, execution.document, context)


def select_result(state: str, response: Document) -> Document:
    """Return the result that a state's ResultSelector makes of a response."""
    return fill_template(STATES[state]["ResultSelector"], response, {})


def _matches(rule: Document, error: str) -> bool:
    return bool({error, "States.ALL"} & {*rule["ErrorEquals"]})


def _error_and_cause(error: Exception) -> tuple[str, str]:
    """Return Error and Cause as Step Functions reports them for a handler, or for its own call to Lambda."""
    if isinstance(error, ClientError):
        return f"Lambda.{error.response['Error']['Code']}", str(error)
    return type(error).__name__, json.dumps({"errorMessage": str(error)})
