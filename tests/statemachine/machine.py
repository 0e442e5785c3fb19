"""Runs the shipped state machine in moto's engine, and reads the way an execution took from its history."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3

ASL = Path(__file__).parents[2] / "statemachine" / "rollout.asl.json"
REGION = "eu-west-1"
ACCOUNT = "123456789012"
FILLED_IN = {
    "AliasWriterRole": "arn:aws:iam::{}:role/rollouts-writer-{}",
    "FunctionArn": "arn:aws:lambda:{}:{}:function:{}",
}
"""What RestoreAlias fills in itself, from the document."""
_PATIENCE_SECONDS = 60


def definition() -> dict[str, Any]:
    """The file as it ships."""
    return json.loads(ASL.read_text())


def wired(text: str) -> str:
    """The definition with an ARN for each substitution, a function's named after its folder."""
    for name, arn in FILLED_IN.items():
        text = text.replace(f"${{{name}}}", arn)
    return re.sub(r"\$\{(\w+)FunctionArn\}", lambda found: function_arn(folder(found[1])), text)


def folder(state: str) -> str:
    """The folder of a state's function: JudgeCanary is judge_canary."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", state).lower()


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


@dataclass(frozen=True)
class Ended:
    """An execution, as an operator finds it in the console."""

    status: str
    error: str | None
    cause: str | None
    output: Any
    events: Sequence[Mapping[str, Any]]

    @property
    def way(self) -> str:
        """The states it went through, such as `JudgeCanary > ChooseNextMove:wait > WaitForMetrics`."""
        return " > ".join(self._steps())

    def visits(self, state: str) -> int:
        return sum(step.rstrip("!").split(":")[0] == state for step in self._steps())

    def _steps(self) -> Iterator[str]:
        """Yield each state, with `!` behind a task whose error was caught and `:rule` behind a choice."""
        states = definition()["States"]
        entered = [n for n, event in enumerate(self.events) if event["type"].endswith("StateEntered")]
        for begin, end in zip(entered, [*entered[1:], len(self.events)], strict=True):
            details = self.events[begin]["stateEnteredEventDetails"]
            yield details["name"] + _suffix(states[details["name"]], details["input"], self.events[begin + 1 : end])


def _suffix(state: Mapping[str, Any], document: str, events: Sequence[Mapping[str, Any]]) -> str:
    match state["Type"]:
        case "Choice":
            return f":{_rule(state['Choices'], json.loads(document))}"
        case "Task" if not any(event["type"].endswith("Succeeded") for event in events):
            return "!"
    return ""


def _rule(rules: Sequence[Mapping[str, Any]], document: Any) -> str:
    """The rule by which a choice was made; only the two kinds of rule there are in the file."""
    for rule in rules:
        value = document
        for key in rule["Variable"].removeprefix("$.").split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if (value is None) if "IsPresent" in rule else (value == rule["StringEquals"]):
            return rule_name(rule)
    return "otherwise"


def rule_name(rule: Mapping[str, Any]) -> str:
    return "missing" if "IsPresent" in rule else rule["StringEquals"]


class Machine:
    """The shipped state machine, deployed into moto."""

    def __init__(self) -> None:
        self._client = boto3.client("stepfunctions", region_name=REGION)
        self._arn = self._client.create_state_machine(
            name="rollouts",
            definition=wired(ASL.read_text()),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/rollouts",
        )["stateMachineArn"]

    def run(self, request: object) -> Ended:
        """Start an execution and return it once it has ended."""
        arn = self._client.start_execution(stateMachineArn=self._arn, name=str(uuid4()), input=json.dumps(request))[
            "executionArn"
        ]
        ended = self._ended(arn)
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=arn)
        return Ended(
            status=ended["status"],
            error=ended.get("error"),
            cause=ended.get("cause"),
            output=json.loads(ended["output"]) if "output" in ended else None,
            events=[event for page in pages for event in page["events"]],
        )

    def _ended(self, arn: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = self._client.describe_execution(executionArn=arn)
            if found["status"] != "RUNNING":
                return found
            time.sleep(0.01)
        raise TimeoutError(f"the execution has not ended within {_PATIENCE_SECONDS} seconds")
