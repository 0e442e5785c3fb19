"""Reads a rollout from outside, by the calls any operator could make."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.server import Sandbox

_LATEST_EVENTS = 20


@dataclass(frozen=True)
class Served:
    """What one version has served since its rollout began."""

    version: str
    percent: float
    calls: int = 0
    errors: int = 0
    slow: int | None = None
    """Calls that took longer than the policy's limit; None where it has none."""


@dataclass(frozen=True)
class Snapshot:
    """A rollout at one moment: its state, its document, and what both versions serve."""

    state: str
    status: str
    document: dict[str, Any] = field(default_factory=dict)
    stable: Served | None = None
    canary: Served | None = None

    @property
    def slow_limit(self) -> float | None:
        """Above how many milliseconds a call is slow."""
        return slow_limit(self.document)

    @property
    def evidence(self) -> tuple[float, float]:
        """How strongly the counts speak against the canary, and the limit; (1, 100) before the first look."""
        judgement = self.document.get("judgement") or {"evidence": 1.0, "evidence_limit": 100.0}
        return judgement["evidence"], judgement["evidence_limit"]

    @property
    def ended(self) -> bool:
        return self.status != "RUNNING"


class Watcher:
    """One execution, its alias and its metrics."""

    def __init__(self, sandbox: Sandbox, execution_arn: str, since: datetime) -> None:
        self._arn = execution_arn
        self._since = since
        self._states = sandbox.client("stepfunctions")
        self._lambda = sandbox.client("lambda")
        self._cloudwatch = sandbox.client("cloudwatch")

    def look(self) -> Snapshot:
        """Return the rollout as it is now."""
        execution = self._states.describe_execution(executionArn=self._arn)
        state, document = self._newest_state()
        if "target" not in document:
            return Snapshot(state, execution["status"], document)
        stable, canary = self._served(document)
        return Snapshot(state, execution["status"], document, stable, canary)

    def verdict(self) -> str:
        """Return the sentence the rollout ended with, as the console shows it."""
        execution = self._states.describe_execution(executionArn=self._arn)
        if execution["status"] == "SUCCEEDED":
            document = json.loads(execution["output"])
            return str(document.get("ending", {}).get("Cause") or document["reason"])
        return str(execution.get("cause", execution["status"]))

    def _newest_state(self) -> tuple[str, dict[str, Any]]:
        events = self._states.get_execution_history(
            executionArn=self._arn, reverseOrder=True, maxResults=_LATEST_EVENTS
        )["events"]
        for event in events:
            if details := event.get("stateEnteredEventDetails"):
                return details["name"], json.loads(details["input"])
        return "Starting", {}

    def _served(self, document: dict[str, Any]) -> tuple[Served, Served]:
        target = document["target"]
        alias = self._lambda.get_alias(FunctionName=target["function"], Name=target["alias"])
        shares = {
            version: 100 * weight
            for version, weight in alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}).items()
        }
        shares[alias["FunctionVersion"]] = 100 - sum(shares.values())
        versions = [document["stable_version"], document["canary_version"]]
        counts = self._counts(target, versions, slow_limit(document))
        stable, canary = (Served(v, shares.get(v, 0), *counts[v]) for v in versions)
        return stable, canary

    def _counts(self, target: dict[str, str], versions: list[str], over_ms: float | None) -> dict[str, list[int]]:
        asked = [("Invocations", "Sum"), ("Errors", "Sum")]
        if over_ms is not None:
            asked.append(("Duration", f"TC({over_ms:g}:)"))
        wanted = [(version, *statistic) for version in versions for statistic in asked]
        results = self._cloudwatch.get_metric_data(
            MetricDataQueries=[_query(n, target, *count) for n, count in enumerate(wanted)],
            StartTime=self._since,
            EndTime=datetime.now(UTC),
        )["MetricDataResults"]
        sums = {result["Id"]: round(sum(result["Values"])) for result in results}
        flat = [sums.get(f"q{n}", 0) for n in range(len(wanted))]
        return {version: flat[len(asked) * n :][: len(asked)] for n, version in enumerate(versions)}


def _query(number: int, target: dict[str, str], version: str, metric: str, statistic: str) -> dict[str, Any]:
    dimensions = {
        "FunctionName": target["function"],
        "Resource": f"{target['function']}:{target['alias']}",
        "ExecutedVersion": version,
    }
    listed = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    described = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": listed}
    return {"Id": f"q{number}", "MetricStat": {"Metric": described, "Period": 1, "Stat": statistic}}


def slow_limit(document: dict[str, Any]) -> float | None:
    """Return the milliseconds above which a call is slow, stated or learnt; None where the policy does not ask."""
    for metric in document.get("policy", {}).get("metrics", []):
        if metric["slow"] is not None:
            limit: float | None = metric["slow"]["over_ms"] or document.get("p99_before")
            return limit
    return None


def seconds_left(document: dict[str, Any], now: datetime) -> float | None:
    """Return how long the plan still takes if no step needs longer; None before the first shift and after the end."""
    if "step_started_at" not in document or "ending" in document:
        return None
    policy, step = document["policy"], document["step"]
    baking = document["phase"] == "bake"
    hold = policy["bake"] if baking else policy["steps"][step - 1]["hold"]
    later = 0 if baking else policy["bake"] + sum(s["hold"] for s in policy["steps"][step:])
    begun = datetime.fromisoformat(document["step_started_at"])
    return float(max(hold - (now - begun).total_seconds(), 0) + later)
