"""Runs the shipped state machine in moto's engine, and reads an execution's path from its history."""

import fnmatch
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3

ASL = Path(__file__).parents[2] / "statemachine" / "rollout.asl.json"
COMMAND_ASL = ASL.with_name("command.asl.json")
RELEASE_ASL = ASL.with_name("release.asl.json")
REGION = "eu-west-1"
ACCOUNT = "123456789012"
SUBSTITUTIONS = {
    "Partition": "aws",
    "RestorerRole": "arn:aws:iam::{}:role/rollouts-restorer-{}",
    "HooksRole": "arn:aws:iam::{}:role/rollouts-hooks-{}",
    "FunctionArn": "arn:aws:lambda:{}:{}:function:{}",
    "RolloutStateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:rollouts",
}
"""The partition, and the ARNs that RestoreAlias completes with values of the document."""
_TIMEOUT_SECONDS = 60


def definition(asl: Path = ASL) -> dict[str, Any]:
    """Return a shipped definition, without substitutions."""
    parsed: dict[str, Any] = json.loads(asl.read_text())
    return parsed


def all_states(asl: Path = ASL) -> dict[str, Any]:
    """Return the states of a shipped definition by name, with those inside its Map states."""
    states: dict[str, Any] = definition(asl)["States"]
    return states | {name: state for outer in states.values() for name, state in _inner(outer).items()}


def _inner(state: Mapping[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = state.get("ItemProcessor", {}).get("States", {})
    return inner


def substitute(text: str, **substitutions: str) -> str:
    """Return the definition with a value for each substitution; a function's ARN ends in the name of its folder."""
    for name, value in {**SUBSTITUTIONS, **substitutions}.items():
        text = text.replace(f"${{{name}}}", value)
    return re.sub(r"\$\{(\w+)FunctionArn\}", lambda match: function_arn(folder_name(match[1])), text)


def folder_name(state: str) -> str:
    """Return the folder of a state's function: `judge_canary` for JudgeCanary."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", state).lower()


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


@dataclass(frozen=True)
class EndedExecution:
    """An ended execution, as the console shows it."""

    status: str
    error: str | None
    cause: str | None
    output: Any
    events: Sequence[Mapping[str, Any]]
    states: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The states it entered, such as `JudgeCanary > ChooseNextMove:wait > WaitForMetrics`."""
        return " > ".join(self._steps())

    def visits(self, state: str) -> int:
        return sum(step.rstrip("!").split(":")[0] == state for step in self._steps())

    def _steps(self) -> Iterator[str]:
        """Yield each state, with `!` after one whose error was caught, and `:rule` after a choice.

        States inside a Map state are left out.
        """
        entered = [n for n, event in enumerate(self.events) if _entered_state(event) in self.states]
        for begin, end in zip(entered, [*entered[1:], len(self.events)], strict=True):
            details = self.events[begin]["stateEnteredEventDetails"]
            yield details["name"] + _suffix(
                self.states[details["name"]], details["input"], self.events[begin + 1 : end]
            )


def _entered_state(event: Mapping[str, Any]) -> str | None:
    details: Mapping[str, str] = event.get("stateEnteredEventDetails", {})
    return details.get("name")


def _suffix(state: Mapping[str, Any], document: str, events: Sequence[Mapping[str, Any]]) -> str:
    match state["Type"]:
        case "Choice":
            return f":{_matching_rule(state['Choices'], json.loads(document))}"
        case "Task" if not any(event["type"].endswith("Succeeded") for event in events):
            return "!"
        case "Map" if not any(event["type"] == "MapStateSucceeded" for event in events):
            return "!"
    return ""


def _matching_rule(rules: Sequence[Mapping[str, Any]], document: Any) -> str:
    """Return the name of the rule that matches; only the kinds of rules that the definition uses are known."""
    return next((rule_name(rule) for rule in rules if _applies(rule, document)), "otherwise")


def _applies(rule: Mapping[str, Any], document: Any) -> bool:
    if "And" in rule:
        return all(_applies(part, document) for part in rule["And"])
    value = document
    for key in rule["Variable"].removeprefix("$.").split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return _matches(rule, value)


def _matches(rule: Mapping[str, Any], value: object) -> bool:
    if "IsPresent" in rule:
        return (value is not None) is rule["IsPresent"]
    if "StringMatches" in rule:
        return isinstance(value, str) and fnmatch.fnmatchcase(value, rule["StringMatches"])
    return bool(value == rule["StringEquals"])


def rule_name(rule: Mapping[str, Any]) -> str:
    """Return the name of a rule in a path: the value it compares with, or what it asks."""
    if "And" in rule:
        return " and ".join(map(rule_name, rule["And"]))
    if "IsPresent" in rule:
        return "present" if rule["IsPresent"] else "missing"
    return rule["StringMatches"] if "StringMatches" in rule else rule["StringEquals"] or "empty"


@cache
def client(service: str) -> Any:
    """Return a client of the tests, created once: botocore takes a third of a second for each."""
    return boto3.Session(region_name=REGION).client(service)  # type: ignore[call-overload]


class Machine:
    """A shipped state machine, deployed into moto; `start_at` names its first state."""

    def __init__(self, start_at: str = "PrepareRollout", asl: Path = ASL) -> None:
        self._states = definition(asl)["States"]
        self._client = client("stepfunctions")
        self._arn = self._client.create_state_machine(
            name=f"from-{start_at}",
            definition=json.dumps(json.loads(substitute(asl.read_text())) | {"StartAt": start_at}),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/rollouts",
        )["stateMachineArn"]

    def run(self, request: object) -> EndedExecution:
        """Start an execution and return it after it has ended; raise TimeoutError if it does not end in time."""
        arn = self._client.start_execution(stateMachineArn=self._arn, name=str(uuid4()), input=json.dumps(request))[
            "executionArn"
        ]
        description = self._wait_until_ended(arn)
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=arn)
        return EndedExecution(
            status=description["status"],
            error=description.get("error"),
            cause=description.get("cause"),
            output=json.loads(description["output"]) if "output" in description else None,
            events=[event for page in pages for event in page["events"]],
            states=self._states,
        )

    def _wait_until_ended(self, arn: str) -> Mapping[str, Any]:
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            description: Mapping[str, Any] = self._client.describe_execution(executionArn=arn)
            if description["status"] != "RUNNING":
                return description
            time.sleep(0.05)  # each description is work that the execution waits for
        raise TimeoutError(f"the execution has not ended within {_TIMEOUT_SECONDS} seconds")
