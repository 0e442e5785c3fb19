"""Counts what an execution of a state machine uses in a local AWS: transitions, Lambda calls, calls to each service."""

import json
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.server import Sandbox

_CONTROL_PLANE_APART = {"lambda:InvokeFunction", "lambda:GetFunction", "lambda:GetPolicy", "lambda:ListTags"}
"""Lambda's actions that do not count against the 15 control-plane calls a second; ListTags is a part of GetFunction."""

_READS = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"}


@dataclass(frozen=True)
class Counted:
    """Which roles and functions of the local AWS belong to a deployer, and its two states that are measured."""

    of_stack: Callable[[str], bool]
    evaluation_state: str
    first_shift_state: str


@dataclass(frozen=True)
class Used:
    """What an execution used, from its start until everything it caused had ended."""

    ending: str
    seconds_to_first_shift: float
    """From the publication of the version to the end of the first shift."""
    evaluations: int
    transitions: int
    lambda_calls: int
    lambda_ms: float
    metrics: int
    """Metrics that were read."""
    actions: Counter[str] = field(default_factory=Counter)
    """Calls to AWS by IAM's name of the action."""

    @property
    def reads(self) -> int:
        """Reads of DynamoDB."""
        return sum(count for action, count in self.actions.items() if action in _READS)

    @property
    def writes(self) -> int:
        """Writes to DynamoDB."""
        return self.of_service("dynamodb") - self.reads

    @property
    def control_plane_calls(self) -> int:
        """Calls that share Lambda's limit of 15 a second."""
        return self.of_service("lambda") - sum(self.actions[action] for action in _CONTROL_PLANE_APART)

    @property
    def log_queries(self) -> int:
        """Queries of CloudWatch Logs Insights."""
        return self.actions["logs:StartQuery"]

    def of_service(self, service: str) -> int:
        """Return the calls to a service, by its prefix in IAM."""
        return sum(count for action, count in self.actions.items() if action.startswith(f"{service}:"))


class Meter:
    """Remembers where the records of a local AWS end, to count what is added afterwards."""

    def __init__(self, local: Sandbox, counted: Counted) -> None:
        self._local, self._counted = local, counted
        self._audit_end = local.audit.stat().st_size
        self._metrics = self._metric_reads()
        self._since = datetime.now(UTC)

    def used_by(self, execution: str, published_at: datetime) -> Used:
        """Return what an ended execution used."""
        history = self._history(execution)
        entered = Counter(
            event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event
        )
        described = self._local.client("stepfunctions").describe_execution(executionArn=execution)
        calls, milliseconds = self._lambda_calls()
        return Used(
            ending=described.get("error") or described["status"],
            seconds_to_first_shift=(self._first_shift(history) - published_at).total_seconds(),
            evaluations=entered[self._counted.evaluation_state],
            transitions=sum(entered.values()),
            lambda_calls=calls,
            lambda_ms=milliseconds,
            metrics=self._metric_reads() - self._metrics,
            actions=self._actions(),
        )

    def _history(self, execution: str) -> list[dict[str, Any]]:
        pages = self._local.client("stepfunctions").get_paginator("get_execution_history")
        return [event for page in pages.paginate(executionArn=execution) for event in page["events"]]

    def _first_shift(self, history: list[dict[str, Any]]) -> datetime:
        exits = (event for event in history if "stateExitedEventDetails" in event)
        state = self._counted.first_shift_state
        at: datetime = next(event["timestamp"] for event in exits if event["stateExitedEventDetails"]["name"] == state)
        return at

    def _actions(self) -> Counter[str]:
        with self._local.audit.open() as file:
            file.seek(self._audit_end)
            decisions = [json.loads(line) for line in file if line.endswith("\n")]
        return Counter(each["action"] for each in decisions if self._counted.of_stack(each["principal"]))

    def _metric_reads(self) -> int:
        request = urllib.request.Request(f"{self._local.url}/_sandbox/metric-reads", b"{}", method="POST")  # noqa: S310
        reads = json.loads(urllib.request.urlopen(request).read())  # noqa: S310
        return sum(count for role, count in reads.items() if self._counted.of_stack(role))

    def _lambda_calls(self) -> tuple[int, float]:
        """Return how many calls Lambda counted since this counter began, and their duration in milliseconds."""
        names = [each["FunctionName"] for each in self._functions() if self._counted.of_stack(each["FunctionName"])]
        return int(self._sum(names, "Invocations")), self._sum(names, "Duration")

    def _functions(self) -> list[dict[str, Any]]:
        pages = self._local.client("lambda").get_paginator("list_functions").paginate()
        return [function for page in pages for function in page["Functions"]]

    def _sum(self, functions: list[str], metric: str) -> float:
        cloudwatch, until = self._local.client("cloudwatch"), datetime.now(UTC) + timedelta(seconds=1)
        answers = [
            cloudwatch.get_metric_statistics(
                Namespace="AWS/Lambda",
                MetricName=metric,
                Dimensions=[{"Name": "FunctionName", "Value": name}],
                StartTime=self._since,
                EndTime=until,
                Period=1,
                Statistics=["Sum"],
            )
            for name in functions
        ]
        return float(sum(point["Sum"] for answer in answers for point in answer["Datapoints"]))
