"""Refuses the range statistics of a function that has the tag for it.

AWS documents TC for metrics with raw values, and does not document whether Lambda's Duration is one: the judge must
work with both.
"""

# ruff: noqa: SLF001 - the seams are MiniStack's private names

from collections.abc import Callable, Iterator

from ministack.core import responses
from ministack.services import cloudwatch, lambda_svc, tagging

from sandbox.emulator.cloudwatch.statistics import JSON, RANGE
from sandbox.emulator.seams import Answer, Record, extends

TAG = "sandbox:refuse-ranges"


@extends(cloudwatch, "_get_metric_data")
def _refuse_ranges(original: Callable[..., Answer], params: Record, data: Record, *protocol: bool) -> Answer:
    reason = next(_refusals(data["MetricDataQueries"]), None) if protocol == JSON else None
    if reason is None:
        return original(params, data, *protocol)
    refused: Answer = responses.error_response_json("ValidationError", reason, 400)
    return refused


def _refusals(queries: list[Record]) -> Iterator[str]:
    for number, query in enumerate(queries, start=1):
        metric_stat = query.get("MetricStat") or {}
        if RANGE.match(metric_stat.get("Stat", "")) and _is_refused(metric_stat["Metric"]):
            parameter = f"MetricDataQueries.member.{number}.MetricStat.Stat"
            yield f"The value {metric_stat['Stat']} for parameter {parameter} is not supported."


def _is_refused(metric: Record) -> bool:
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric.get("Dimensions") or []}
    return TAG in (tagging.resource_tags(lambda_svc._func_arn(dimensions.get("FunctionName", ""))) or {})
