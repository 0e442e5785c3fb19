"""Reads how many calls each version had in the minutes whose log is read; unknown where CloudWatch does not say."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.cloudwatch.answers import points_of, require_complete
from rollout.aws.cloudwatch.queries import MetricStatistic, lambda_dimensions, queries
from rollout.domain.errors import MetricsIncompleteError
from rollout.domain.identity import Target
from rollout.log_findings.lines import VersionSpan

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient


class VersionCalls:
    """The calls of an alias, by version."""

    def __init__(self, client: "CloudWatchClient", target: Target, period_seconds: int) -> None:
        self._client = client
        self._target = target
        self._period_seconds = period_seconds

    def count(self, span: VersionSpan) -> int | None:
        """Return the calls of a version in its minutes, the newest of which may lack some; None if not known."""
        try:
            by_version, alias = self._read(span)
        except (ClientError, BotoCoreError, MetricsIncompleteError):
            return None
        return span.count_calls(by_version, alias)

    def _read(self, span: VersionSpan) -> list[dict[datetime, float]]:
        statistics = [
            MetricStatistic("AWS/Lambda", "Invocations", "Sum", lambda_dimensions(self._target, version))
            for version in (span.version, None)
        ]
        data_queries: list[Any] = [*queries(statistics, self._period_seconds)]
        answer = self._client.get_metric_data(MetricDataQueries=data_queries, StartTime=span.since, EndTime=span.until)
        by_id = {query["Id"]: statistic for query, statistic in zip(data_queries, statistics, strict=True)}
        require_complete(answer["MetricDataResults"], by_id)
        points = {result["Id"]: points_of(result, span.until) for result in answer["MetricDataResults"]}
        return [points[name] for name in by_id]


def version_calls(target: Target) -> VersionCalls:
    """Return the adapter that counts the calls of versions."""
    client = clients.client_for(target.account_region, clients.fast_cloudwatch_client)
    return VersionCalls(client, target, settings.timing().period_seconds)
