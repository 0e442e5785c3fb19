"""The metrics of AWS/Lambda, under the three dimension sets that Lambda itself publishes."""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from ministack.services import cloudwatch, lambda_svc

from sandbox.emulator.lambda_ import workers
from sandbox.emulator.seams import Original, Record, extends


@extends(lambda_svc, "_emit_lambda_metrics")
def _recorded_for_every_caller_instead(_original: Original, *_args: object, **_kwargs: object) -> None:
    """MiniStack counts HTTP calls alone, throttled ones as invocations, and knows one dimension."""


def record(function_name: str, qualifier: str | None, version: str | None, started: float, result: Record) -> None:
    """Publish what one invocation did; `version` is given only when an alias chose it."""
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
        return {"Throttles": (1, "Count")}  # a throttled request is no invocation
    return {
        "Throttles": (0, "Count"),
        "Invocations": (1, "Count"),
        "Errors": (int(bool(result.get("error"))), "Count"),
        "Duration": (workers.duration_milliseconds(started), "Milliseconds"),
    }


def _put(metric: str, value: float, unit: str, dimensions: dict[str, str], started: float) -> None:
    """Like `cloudwatch.record_metric`, but dated when the function was invoked, as on AWS."""
    key = ("AWS/Lambda", metric, cloudwatch._dims_key(dimensions))
    point = {"Timestamp": started, "Value": float(value), "Unit": unit, "Dimensions": dict(dimensions)}
    cloudwatch._metric_bucket(key).append(point)
