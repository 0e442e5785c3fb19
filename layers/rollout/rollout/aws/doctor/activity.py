"""Counts in CloudWatch what the stack has done."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.cloudwatch.answers import require_complete
from rollout.aws.cloudwatch.queries import MetricStatistic, queries
from rollout.doctor.checks.events import DAYS
from rollout.doctor.facts import Activity
from rollout.telemetry.catalog import Metric

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

WATCHED_OPERATIONS = ("lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetFunction", "cloudwatch:GetMetricData")
"""The operations whose throttled calls are counted."""

_OWN = ("service", "rollouts")
_HOUR = 3600


class ActivityReader:
    """What CloudWatch counted about the stack."""

    def __init__(self, client: "CloudWatchClient", now: datetime) -> None:
        self._client = client
        self._now = now

    def read(self, starter: str, functions: Sequence[str]) -> Activity:
        """Return what CloudWatch counted about the functions of the stack; the starter is StartRollout.

        Raises MetricsIncompleteError too.
        """
        own = _own_metric
        throttled = [own(Metric.THROTTLED_CALLS, ("operation", name)) for name in WATCHED_OPERATIONS]
        planned = [own(Metric.PLANNED_RETRIES, ("task", name)) for name in functions]
        day = [*(_of_lambda("Errors", name) for name in functions), *planned, *throttled, own(Metric.TARGETS_FAILED)]
        sums = iter(self._sums(day, timedelta(days=1), _HOUR))
        starts, missed = self._sums(
            [_of_lambda("Invocations", starter), own(Metric.MISSED_VERSIONS_FOUND)], timedelta(days=DAYS), _HOUR
        )
        (sweeps,) = self._sums([own(Metric.ROLLOUTS_OPEN, statistic="SampleCount")], timedelta(minutes=20), 60)
        return Activity(
            starts=starts,
            missed=missed,
            sweeps=sweeps,
            errors={name: next(sums) for name in functions},
            planned_retries={name: next(sums) for name in functions},
            throttled={name: next(sums) for name in WATCHED_OPERATIONS},
            failed_targets=next(sums),
            peak_concurrency=self._peak(),
        )

    def _peak(self) -> float | None:
        peak = MetricStatistic("AWS/Lambda", "ConcurrentExecutions", "Maximum", ())
        return max(self._values([peak], timedelta(days=1), _HOUR)[0], default=None)

    def _sums(self, statistics: list[MetricStatistic], back: timedelta, period_seconds: int) -> list[float | None]:
        return [sum(values) if values else None for values in self._values(statistics, back, period_seconds)]

    def _values(self, statistics: list[MetricStatistic], back: timedelta, period_seconds: int) -> list[list[float]]:
        data_queries: list[Any] = [*queries(statistics, period_seconds)]
        with translate_aws_errors("reading the metrics of the stack"):
            answer = self._client.get_metric_data(
                MetricDataQueries=data_queries, StartTime=self._now - back, EndTime=self._now
            )
        by_id = {query["Id"]: statistic for query, statistic in zip(data_queries, statistics, strict=True)}
        require_complete(answer["MetricDataResults"], by_id)
        values = {result["Id"]: result["Values"] for result in answer["MetricDataResults"]}
        return [list(values[name]) for name in by_id]


def _of_lambda(name: str, function: str) -> MetricStatistic:
    return MetricStatistic("AWS/Lambda", name, "Sum", (("FunctionName", function),))


def _own_metric(metric: Metric, *dimensions: tuple[str, str], statistic: str = "Sum") -> MetricStatistic:
    return MetricStatistic("LambdaRollouts", metric, statistic, (*dimensions, _OWN))


def activity_until(now: datetime) -> ActivityReader:
    """Return what reads the activity of the stack up to a time."""
    return ActivityReader(clients.cloudwatch_client(), now)
