"""Publishes the metrics of AWS/Lambda under the same three dimension sets as Lambda."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from ministack.services import cloudwatch, lambda_svc

from sandbox.emulator.lambda_ import workers
from sandbox.emulator.seams import Original, Record, extends


@extends(lambda_svc, "_emit_lambda_metrics")
def _replaced_by_record(_original: Original, *_args: object, **_kwargs: object) -> None:
    """MiniStack counts only HTTP calls, counts throttled ones as invocations, and knows one dimension set."""


def record(function_name: str, qualifier: str | None, version: str | None, started: float, result: Record) -> None:
    """Publish the metrics of one invocation; `version` is None unless an alias selected it."""
    for dimensions in _dimension_sets(function_name, qualifier, version):
        for metric, (value, unit) in _values(started, result).items():
            _put(metric, value, unit, dimensions, started)


def _dimension_sets(function_name: str, qualifier: str | None, version: str | None) -> list[dict[str, str]]:
    resource = f"{function_name}:{qualifier}" if qualifier else function_name
    by_function = {"FunctionName": function_name}
    by_resource = {**by_function, "Resource": resource}
    by_version = [{**by_resource, "ExecutedVersion": version}] if version else []
    return [by_function, by_resource, *by_version]


def _values(started: float, result: Record) -> dict[str, tuple[float, str]]:
    if result.get("throttle"):
        return {"Throttles": (1, "Count")}  # Lambda does not count a throttled request as an invocation
    return {
        "Throttles": (0, "Count"),
        "Invocations": (1, "Count"),
        "Errors": (int(bool(result.get("error"))), "Count"),
        "Duration": (workers.duration_milliseconds(started), "Milliseconds"),
    }


def _put(metric: str, value: float, unit: str, dimensions: dict[str, str], started: float) -> None:
    """Like `cloudwatch.record_metric`, but with the time of the invocation, as on AWS."""
    key = ("AWS/Lambda", metric, cloudwatch._dims_key(dimensions))
    point = {"Timestamp": started, "Value": float(value), "Unit": unit, "Dimensions": dict(dimensions)}
    cloudwatch._metric_bucket(key).append(point)
