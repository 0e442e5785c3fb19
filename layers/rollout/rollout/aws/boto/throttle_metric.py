"""Counts every throttled answer of AWS, including those that a retry recovered from."""

from typing import Any, TypeVar

from rollout.aws.powertools import write_metrics
from rollout.telemetry.catalog import Metric

_Client = TypeVar("_Client")

_THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "ProvisionedThroughputExceeded")


def count_throttles(client: _Client) -> _Client:
    """Return the client; its throttled answers count in the metric ThrottledCalls, by operation."""
    events: Any = client.meta.events  # type: ignore[attr-defined]  # every boto3 client has it
    events.register("needs-retry", _count)
    return client


def _count(response: Any, operation: Any, **_: Any) -> None:  # noqa: ANN401 - as botocore passes them
    code = response[1].get("Error", {}).get("Code", "") if response else ""
    if any(part in code for part in _THROTTLED):
        by_operation = {"operation": f"{operation.service_model.service_name}:{operation.name}"}
        write_metrics({Metric.THROTTLED_CALLS: 1}, by_operation)
