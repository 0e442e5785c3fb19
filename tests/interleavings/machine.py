"""Plays the shipped state machine one atomic step at a time: a state entered, or one call of its task."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tests.interleavings.actors import Actor, Fate
from tests.interleavings.paths import Document, chosen, filled, placed
from tests.statemachine.machine import ASL, wired

STATES = json.loads(wired(ASL.read_text()))["States"]
PATIENCE = 1
"""A retrier that tries more often is played as if it tried again this often: the way on is the same."""

Work = Callable[["Execution"], Callable[[], Any]]


@dataclass
class Execution:
    """One execution of the state machine."""

    arn: str
    name: str
    started_at: datetime
    request: Document
    work: Work
    """What the task of the state it is in does."""
    state: str = "PrepareRollout"
    status: str = "RUNNING"
    document: Document = field(default_factory=dict)
    task: Actor | None = None
    zombies: list[Actor] = field(default_factory=list)
    """Tasks that still run although the execution was stopped."""
    tries: dict[int, int] = field(default_factory=dict)
    way: list[str] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.status == "RUNNING"

    def go_on(self, fate: Fate = Fate.ANSWERED) -> None:
        """Take the next atomic step."""
        state = STATES[self.state]
        match state["Type"]:
            case "Task" if self.task is None:
                self.task = Actor(self.state, self.arn, self.work(self))
            case "Task":
                self.task.go_on(fate)
            case "Choice":
                self._enter(chosen(state, self.document))
            case "Wait":
                self._enter(state["Next"])
            case end:
                self.status = {"Succeed": "SUCCEEDED", "Fail": "FAILED"}[end]
        if self.task and self.task.has_ended:
            self._task_ended(self.task, state)

    def stop(self) -> None:
        """StopExecution: the task, if there is one, knows nothing of it."""
        self.status = "ABORTED"
        if self.task:
            self.zombies.append(self.task)
        self.task = None

    def redrive(self) -> None:
        """Begin the state anew in which the execution ended, with the input it had."""
        self.status = "RUNNING"
        self.tries = {}

    def _enter(self, state: str) -> None:
        self.state, self.tries, self.task = state, {}, None
        self.way.append(state)

    def _task_ended(self, task: Actor, state: Document) -> None:
        self.task = None
        if not task.is_gone and task.error is None:
            self.document = placed(self.document, state.get("ResultPath", "$"), task.result)
            self._enter(state["Next"])
            return
        name, cause = ("Lambda.Unknown", "") if task.error is None else _named(task.error)
        if self._may_try_again(name, state):
            return
        catcher = next(one for one in state["Catch"] if _matches(one, name))
        self.document = placed(self.document, catcher.get("ResultPath", "$"), {"Error": name, "Cause": cause})
        self._enter(catcher["Next"])

    def _may_try_again(self, name: str, state: Document) -> bool:
        number = next((n for n, one in enumerate(state["Retry"]) if _matches(one, name)), None)
        if number is None:
            return False
        self.tries[number] = self.tries.get(number, 0) + 1
        return self.tries[number] <= min(state["Retry"][number]["MaxAttempts"], PATIENCE)


def given(execution: Execution) -> Document:
    """Return what the task of an execution's state is called with."""
    context = {
        "Execution": {
            "Input": execution.request,
            "Id": execution.arn,
            "Name": execution.name,
            "StartTime": execution.started_at.isoformat(),
        }
    }
    parameters = STATES[execution.state].get("Parameters")
    return execution.document if parameters is None else filled(parameters, execution.document, context)


def selected(state: str, answer: Document) -> Document:
    """Return what a state's ResultSelector makes of an answer."""
    return filled(STATES[state]["ResultSelector"], answer, {})


def _matches(rule: Document, error: str) -> bool:
    return bool({error, "States.ALL"} & {*rule["ErrorEquals"]})


def _named(error: Exception) -> tuple[str, str]:
    """Return a failure in Step Functions' two words: of a handler of ours, or of its own call to Lambda."""
    if isinstance(error, ClientError):
        return f"Lambda.{error.response['Error']['Code']}", str(error)
    return type(error).__name__, json.dumps({"errorMessage": str(error)})
