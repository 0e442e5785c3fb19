"""Redrives an ended execution, which MiniStack cannot do: it goes on with the state that it had entered last.

The machine has to begin with a Pass state, which is entered again, and gives way to that state.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

import contextvars
import json
import threading

from ministack.core import responses
from ministack.services import stepfunctions

from sandbox.emulator.seams import Original, Record, extends
from sandbox.emulator.stepfunctions import executions


def redrive(execution: str) -> str:
    """Let an execution that has failed, timed out or been stopped go on; return the name of the state."""
    region, account = execution.split(":")[3:5]
    with responses.request_scope(account, region):
        ended = stepfunctions._executions.get(execution)
        if ended["status"] in ("RUNNING", "SUCCEEDED"):
            raise ValueError(f"{execution} is {ended['status']}: only a failed or stopped execution is redriven.")
        entered = [event["stateEnteredEventDetails"] for event in ended["events"] if "StateEntered" in event["type"]]
        _run_again(ended, (json.loads(entered[-1]["input"]), entered[-1]["name"]))
    return str(entered[-1]["name"])


def _run_again(ended: Record, resumed: tuple[object, str]) -> None:
    """Run an execution again; `resumed` is the input and the name of the state with which it goes on."""
    # A copy, because a task of the ended execution may still run, and must not take it for running.
    record = {**ended, "status": "RUNNING", "stopDate": None, "error": None, "cause": None, "output": None}
    record |= {"events": [*ended["events"]], "resumed": resumed}
    stepfunctions._executions[ended["executionArn"]] = record
    stepfunctions._add_event(record, "ExecutionRedriven", {"executionRedrivenEventDetails": {"redriveCount": 1}})
    in_scope = contextvars.copy_context().run
    arguments = (stepfunctions._run_execution, record["executionArn"])
    threading.Thread(target=in_scope, args=arguments, daemon=True).start()


@extends(stepfunctions, "_execute_pass")
def _go_on(original: Original, state: Record, state_input: object, context: Record) -> object:
    return executions.current.get().pop("resumed", None) or original(state, state_input, context)
