"""Counts every throttled answer of AWS, including those that a retry recovered from."""

from typing import Any, TypeVar

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

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
        with single_metric(name="ThrottledCalls", unit=MetricUnit.Count, value=1) as metric:
            metric.add_dimension("operation", f"{operation.service_model.service_name}:{operation.name}")
