"""The metrics of an alias from before the sandbox started: a rollout learns from them how stable's errors come."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.server import Sandbox
from sandbox.shop import Shop

USUAL = {"fault_percent": 1.0, "slow_percent": 1.0}
"""How a healthy version behaves: one call in a hundred fails, and one is slow, as in many a service."""

PERIODS, PERIOD_SECONDS = 60, 5
"""An hour of minutes, at the metric period of the sandbox's stack (`MetricPeriodSeconds` in samconfig.toml)."""

_QUICK_MS, _SLOW_MS = 20.0, 1020.0
_SEED = 1


def record_history(sandbox: Sandbox, shop: Shop, calls_per_second: int) -> None:
    """Write the metrics of the alias as if it had been called for the last 60 periods."""
    metrics = sandbox.client("cloudwatch")
    chance = random.Random(_SEED)  # noqa: S311 - chance, not secrecy
    now = datetime.now(UTC).timestamp() // PERIOD_SECONDS * PERIOD_SECONDS
    for number in range(PERIODS, 0, -1):
        at = datetime.fromtimestamp(now, UTC) - timedelta(seconds=number * PERIOD_SECONDS)
        data = [{**datum, "Timestamp": at} for datum in _period(shop, calls_per_second * PERIOD_SECONDS, chance)]
        metrics.put_metric_data(Namespace="AWS/Lambda", MetricData=data)


def _period(shop: Shop, calls: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Yield the metrics of one period, without their time."""
    errors, slow = (_count(calls, percent, chance) for percent in USUAL.values())
    durations = {_QUICK_MS: calls - slow, _SLOW_MS: slow}
    for name, unit, counts in (
        ("Invocations", "Count", {1: calls}),
        ("Errors", "Count", {0: calls - errors, 1: errors}),
        ("Throttles", "Count", {0: calls}),
        ("Duration", "Milliseconds", durations),
    ):
        present = {value: count for value, count in counts.items() if count}
        yield {
            "MetricName": name,
            "Unit": unit,
            "Dimensions": [
                {"Name": "FunctionName", "Value": shop.name},
                {"Name": "Resource", "Value": f"{shop.name}:{shop.alias}"},
            ],
            "Values": [*present],
            "Counts": [*present.values()],
        }


def _count(calls: int, percent: float, chance: random.Random) -> int:
    return sum(chance.uniform(0, 100) < percent for _ in range(calls))
