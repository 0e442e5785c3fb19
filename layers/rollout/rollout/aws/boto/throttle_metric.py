"""Counts AWS's throttling of our own calls, every single answer of it, those that a retry made good included."""

from typing import Any, TypeVar

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

_Client = TypeVar("_Client")

_THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "ProvisionedThroughputExceeded")


def count_throttles(client: _Client) -> _Client:
    """Return a client whose throttled answers are counted in the metric ThrottledCalls, by the operation."""
    events: Any = client.meta.events  # type: ignore[attr-defined]  # every one of boto3's clients has them
    events.register("needs-retry", _count)
    return client


def _count(response: Any, operation: Any, **_: Any) -> None:  # noqa: ANN401 - as botocore hands them over
    code = response[1].get("Error", {}).get("Code", "") if response else ""
    if any(word in code for word in _THROTTLED):
        with single_metric(name="ThrottledCalls", unit=MetricUnit.Count, value=1) as metric:
            metric.add_dimension("operation", f"{operation.service_model.service_name}:{operation.name}")
