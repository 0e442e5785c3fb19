"""Observes a rollout through the AWS API: its execution, its alias and the metrics of both versions."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.server import Sandbox

_NEWEST_EVENTS = 20


@dataclass(frozen=True)
class VersionTraffic:
    """What one version has served since its rollout began."""

    version: str
    percent: float
    calls: int = 0
    errors: int = 0
    slow: int | None = None
    """Calls that took longer than the policy's limit; None where the policy has no slow metric."""


@dataclass(frozen=True)
class Snapshot:
    """A rollout at one moment: its state, its document, and the traffic of both versions."""

    at: datetime
    state: str
    status: str
    document: dict[str, Any] = field(default_factory=dict)
    stable: VersionTraffic | None = None
    canary: VersionTraffic | None = None

    @property
    def slow_limit(self) -> float | None:
        """The milliseconds above which a call is slow."""
        return slow_limit(self.document)

    @property
    def evidence(self) -> tuple[float, float]:
        """The evidence against the canary and its limit; (1, 100) before the first evaluation."""
        judgement = self.document.get("judgement") or {"evidence": 1.0, "evidence_limit": 100.0}
        return judgement["evidence"], judgement["evidence_limit"]

    @property
    def has_ended(self) -> bool:
        return self.status != "RUNNING"

    @property
    def seconds_left(self) -> float | None:
        """The shortest time to the end of the plan; None before the first shift and after the end."""
        return seconds_left(self.document, self.at)


class Watcher:
    """Observes one execution."""

    def __init__(self, sandbox: Sandbox, execution_arn: str, since: datetime) -> None:
        self.sandbox = sandbox
        self._arn = execution_arn
        self._since = since
        self._states = sandbox.client("stepfunctions")
        self._lambda = sandbox.client("lambda")
        self._cloudwatch = sandbox.client("cloudwatch")

    def take_snapshot(self) -> Snapshot:
        """Return the rollout as it is now."""
        status = self._states.describe_execution(executionArn=self._arn)["status"]
        state, document = self._newest_state()
        now = datetime.now(UTC)
        if "target" not in document:
            return Snapshot(now, state, status, document)
        stable, canary = self._traffic(document)
        return Snapshot(now, state, status, document, stable, canary)

    def reason(self) -> str:
        """Return the reason of an ended rollout, as the console shows it."""
        execution = self._states.describe_execution(executionArn=self._arn)
        if execution["status"] == "SUCCEEDED":
            document = json.loads(execution["output"])
            return str(document.get("ending", {}).get("Cause") or document["reason"])
        return str(execution.get("cause", execution["status"]))

    def _newest_state(self) -> tuple[str, dict[str, Any]]:
        events = self._states.get_execution_history(
            executionArn=self._arn, reverseOrder=True, maxResults=_NEWEST_EVENTS
        )["events"]
        for event in events:
            if details := event.get("stateEnteredEventDetails"):
                return details["name"], json.loads(details["input"])
        return "Starting", {}

    def _traffic(self, document: dict[str, Any]) -> tuple[VersionTraffic, VersionTraffic]:
        target = document["target"]
        alias = self._lambda.get_alias(FunctionName=target["function"], Name=target["alias"])
        weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        shares = {version: 100 * weight for version, weight in weights.items()}
        shares[alias["FunctionVersion"]] = 100 - sum(shares.values())
        versions = [document["stable_version"], document["canary_version"]]
        counts = self._counts(target, versions, slow_limit(document))
        stable, canary = (VersionTraffic(v, shares.get(v, 0), *counts[v]) for v in versions)
        return stable, canary

    def _counts(self, target: dict[str, str], versions: list[str], over_ms: float | None) -> dict[str, list[int]]:
        """Return the calls, the errors and (with a limit) the slow calls of each version."""
        statistics = [("Invocations", "Sum"), ("Errors", "Sum")]
        if over_ms is not None:
            statistics += [("Duration", "SampleCount"), ("Duration", f"TC(:{over_ms:g})")]
        queries = [(version, *statistic) for version in versions for statistic in statistics]
        results = self._cloudwatch.get_metric_data(
            MetricDataQueries=[_query(number, target, *query) for number, query in enumerate(queries)],
            StartTime=self._since,
            EndTime=datetime.now(UTC),
        )["MetricDataResults"]
        sums = {result["Id"]: round(sum(result["Values"])) for result in results}
        counts = [sums.get(f"q{number}", 0) for number in range(len(queries))]
        width = len(statistics)
        return {version: _with_slow(*counts[width * row :][:width]) for row, version in enumerate(versions)}


def _with_slow(calls: int, errors: int, samples: int = 0, *within: int) -> list[int]:
    """Return the calls, the errors and the slow calls, which are the samples that are not within the limit."""
    return [calls, errors, *(samples - each for each in within)]


def _query(number: int, target: dict[str, str], version: str, metric: str, statistic: str) -> dict[str, Any]:
    dimensions = {
        "FunctionName": target["function"],
        "Resource": f"{target['function']}:{target['alias']}",
        "ExecutedVersion": version,
    }
    pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    series = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": pairs}
    return {"Id": f"q{number}", "MetricStat": {"Metric": series, "Period": 1, "Stat": statistic}}


def slow_limit(document: dict[str, Any]) -> float | None:
    """Return the milliseconds above which a call is slow, configured or learnt; None without a slow metric."""
    for metric in document.get("policy", {}).get("metrics", []):
        if metric["slow"] is not None:
            limit: float | None = metric["slow"]["over_ms"] or document.get("p99_before")
            return limit
    return None


def seconds_left(document: dict[str, Any], now: datetime) -> float | None:
    """Return the seconds that the plan still takes if no step is extended, and no person is waited for."""
    if "step_started_at" not in document or "ending" in document:
        return None
    policy, step = document["policy"], document["step"]
    is_baking = document["phase"] == "bake"
    holds = [element["hold"] for element in policy["steps"] if "hold" in element] if not is_baking else []
    hold = policy["bake"] if is_baking else holds[step - 1]
    later = 0 if is_baking else policy["bake"] + sum(holds[step:])
    started_at = datetime.fromisoformat(document["step_started_at"])
    return float(max(hold - (now - started_at).total_seconds(), 0) + later)
