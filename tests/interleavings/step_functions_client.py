"""Step Functions in memory, as the handlers use it: describe an execution, start one, and stop one."""

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.interleavings.actors import current_actor, read_call, write_call
from tests.interleavings.execution import STATES

if TYPE_CHECKING:
    from tests.interleavings.execution import Execution
    from tests.interleavings.scenario import Scenario


class StepFunctionsClient:
    """A Step Functions client."""

    exceptions = SimpleNamespace(
        ExecutionDoesNotExist=type("DoesNotExist", (Exception,), {}),
        ExecutionAlreadyExists=type("AlreadyExists", (Exception,), {}),
    )

    def __init__(self, scenario: "Scenario") -> None:
        self._scenario = scenario

    def describe_execution(self, *, executionArn: str) -> dict[str, str]:  # noqa: N803 - AWS's own name
        if actor := current_actor():
            actor.execution = executionArn
        response: dict[str, str] = read_call(lambda: self._describe(self._scenario.execution(executionArn)))
        return response

    def start_execution(self, *, name: str, input: str, **_: Any) -> None:  # noqa: A002 - AWS's own name
        write_call(lambda: self._start(name, json.loads(input)))

    def stop_execution(self, *, executionArn: str, **_: Any) -> None:  # noqa: N803 - AWS's own name
        write_call(lambda: self._stop(self._scenario.execution(executionArn)))

    def _stop(self, execution: "Execution") -> None:
        if execution.is_running:
            execution.stop()

    def _describe(self, execution: "Execution") -> dict[str, str]:
        if execution.status != "FAILED":
            return {"status": execution.status}
        return {"status": "FAILED", "error": STATES[execution.state].get("Error") or execution.document["Error"]}

    def _start(self, name: str, request: dict[str, Any]) -> None:
        for execution in self._scenario.executions:
            if execution.name == name and execution.is_running and execution.request == request:
                return  # StartExecution is idempotent while the execution runs
            if execution.name == name:
                raise self.exceptions.ExecutionAlreadyExists
        self._scenario.promises.check_missed_version(request["version"])
        self._scenario.start(request, name)
