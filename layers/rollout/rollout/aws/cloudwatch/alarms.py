"""Reads the states of CloudWatch alarms, and whether their metrics have data."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.enums import AlarmState
from rollout.domain.identity import AccountRegion
from rollout.judging.alarms import DATA_HISTORY_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import DescribeAlarmsOutputTypeDef, MetricAlarmTypeDef, MetricDataQueryTypeDef

_STATES = {"ALARM": AlarmState.ALARM, "OK": AlarmState.OK, "INSUFFICIENT_DATA": AlarmState.INSUFFICIENT_DATA}


class Alarms:
    """The metric alarms and composite alarms of one account and region."""

    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def alarm_states(self, names: Sequence[str]) -> dict[str, AlarmState]:
        """Return the state of each of at most 100 alarms by its name, in their order; raises AwsUnavailableError."""
        if not names:
            return {}
        answer = self._describe(names)
        alarms = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
        states = {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}
        return {name: _STATES[states[name]] if name in states else AlarmState.MISSING for name in names}

    def without_data(self, names: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Return the metric alarms of which no metric has a datapoint in the last hours, up to `now`.

        An alarm that treats missing data as good is OK without any data. Its own state does not tell: CloudWatch writes
        the reason of a state when the state changes. Without the permission, or for a metric that cannot be read, it
        returns nothing. Raises AwsUnavailableError.
        """
        if not names:
            return ()
        described = enumerate(self._describe(names)["MetricAlarms"])
        queries = {alarm["AlarmName"]: [*_metric_stats(alarm, f"a{number}")] for number, alarm in described}
        answers = self._have_datapoints([query for stats in queries.values() for query in stats], now)
        return tuple(name for name, stats in queries.items() if _is_without_data([answers.get(q["Id"]) for q in stats]))

    def _have_datapoints(self, queries: "Sequence[MetricDataQueryTypeDef]", now: datetime) -> dict[str, bool]:
        """Return whether each query has a datapoint, by its id; a query that CloudWatch does not answer is left out."""
        found: dict[str, bool] = {}
        if not queries:
            return found
        with translate_aws_errors("reading the metrics of alarms"), suppress(ClientError):
            pages = self._client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=queries, StartTime=_start(queries, now), EndTime=now
            )
            for result in (result for page in pages for result in page["MetricDataResults"]):
                if result["StatusCode"] == "Complete" or result["Values"]:
                    found[result["Id"]] = found.get(result["Id"], False) or bool(result["Values"])
        return found

    def _describe(self, names: Sequence[str]) -> "DescribeAlarmsOutputTypeDef":
        with translate_aws_errors("reading alarms"):
            return self._client.describe_alarms(
                AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100
            )


def _is_without_data(answers: Sequence[bool | None]) -> bool:
    return bool(answers) and all(answer is False for answer in answers)


def _metric_stats(alarm: "MetricAlarmTypeDef", prefix: str) -> "Iterator[MetricDataQueryTypeDef]":
    """Yield a query for each metric of an alarm; the expressions of metric math are left out."""
    stats = [query for query in alarm.get("Metrics", []) if "MetricStat" in query]
    if "MetricName" in alarm:
        metric: Any = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions") if name in alarm}
        stat = alarm.get("ExtendedStatistic") or alarm["Statistic"]
        stats.append({"Id": "", "MetricStat": {"Metric": metric, "Period": alarm["Period"], "Stat": stat}})
    for number, query in enumerate(stats):
        asked: MetricDataQueryTypeDef = {"Id": f"{prefix}_{number}", "MetricStat": query["MetricStat"]}
        if "AccountId" in query:
            asked["AccountId"] = query["AccountId"]
        yield asked


def _start(queries: "Iterable[MetricDataQueryTypeDef]", now: datetime) -> datetime:
    longest = max(query["MetricStat"]["Period"] for query in queries)
    return now - timedelta(seconds=max(DATA_HISTORY_SECONDS, 2 * longest))


def alarms(account_region: AccountRegion) -> Alarms:
    """Return the adapter that reads CloudWatch alarms."""
    return Alarms(clients.client_for(account_region, clients.cloudwatch_client))
