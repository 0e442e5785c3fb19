"""Step Functions as our own code sees it: executions are asked for their status, and started."""

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.interleavings.actors import at_work, read, written

if TYPE_CHECKING:
    from tests.interleavings.machine import Execution
    from tests.interleavings.world import World


class StepFunctions:
    """A Step Functions client."""

    exceptions = SimpleNamespace(
        ExecutionDoesNotExist=type("Missing", (Exception,), {}),
        ExecutionAlreadyExists=type("Exists", (Exception,), {}),
    )

    def __init__(self, world: "World") -> None:
        self._world = world

    def describe_execution(self, *, executionArn: str) -> dict[str, str]:  # noqa: N803 - AWS's own word
        if actor := at_work():
            actor.behalf = executionArn
        return read(lambda: self._described(self._world.execution(executionArn)))

    def start_execution(self, *, name: str, input: str, **_: Any) -> None:  # noqa: A002 - AWS's own word
        written(lambda: self._start(name, json.loads(input)))

    def _described(self, execution: "Execution") -> dict[str, str]:
        """Tell the error of a rejection; the other endings are in the ledger."""
        return {"status": execution.status, "error": execution.document.get("Error", "")}

    def _start(self, name: str, request: dict[str, Any]) -> None:
        if any(one.name == name for one in self._world.executions):
            raise self.exceptions.ExecutionAlreadyExists
        self._world.promises.version_was_missed(request["version"])
        self._world.start(request, name)
