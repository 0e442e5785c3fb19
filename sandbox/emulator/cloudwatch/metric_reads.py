"""Counts the metrics that each role reads, as CloudWatch charges for them. `faults.requests` returns the counts."""

from collections import Counter
from collections.abc import Callable

from ministack.core import iam_evaluator
from ministack.services import cloudwatch

from sandbox.emulator.seams import Answer, Record, extends

_reads: Counter[str] = Counter()


def reads() -> dict[str, int]:
    """Return how many metrics each role has read since the emulator started; users call as root."""
    return dict(_reads)


@extends(cloudwatch, "_get_metric_data")
def _count_queries(original: Callable[..., Answer], params: Record, data: Record, *protocol: bool) -> Answer:
    _reads[_caller()] += sum("MetricStat" in query for query in data.get("MetricDataQueries", []))
    return original(params, data, *protocol)


@extends(cloudwatch, "_get_metric_statistics")
def _count_requests(original: Callable[..., Answer], *request: object) -> Answer:
    _reads[_caller()] += 1
    return original(*request)


def _caller() -> str:
    """Return the name of the role that calls; `root` for a user."""
    _, _, session = iam_evaluator.caller_arn().partition("/")
    return session.partition("/")[0] or "root"
