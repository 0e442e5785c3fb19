"""Builds the CloudWatch queries of each metric: its statistics and their dimensions."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from rollout.domain.enums import Phase, Unit
from rollout.domain.identity import Target
from rollout.judging.counting import GUARD_PERCENTILE, MetricReading
from rollout.policy.criteria import errors_metric
from rollout.policy.metric import CloudWatchMetric, Metric
from rollout.state.rollout import Rollout

_LAMBDA = "AWS/Lambda"
_LOG_LINES = "log lines"
"""The namespace of the counts that a log query returns; GetMetricData does not have them."""


class MetricStatistic(NamedTuple):
    """One statistic of one CloudWatch metric: a number per period."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]

    def format(self) -> str:
        """Return its name, such as `Errors Sum of ExecutedVersion 4`."""
        last = " ".join(self.dimensions[-1]) if self.dimensions else "the account"
        return f"{self.name} {self.statistic} of {last}"


class StatisticPair(NamedTuple):
    """The count of everything, and the count of what is bad, or of the rest where the reading says so."""

    all: MetricStatistic
    bad: MetricStatistic


class MetricQuery(NamedTuple):
    """The statistics of one metric."""

    canary: StatisticPair
    stable: StatisticPair | None
    before: StatisticPair
    """Stable's statistics before the first shift."""
    unsplit: StatisticPair | None = None
    """In the bake, the alias's statistics, for minutes without any by version."""


def metric_query(metric: Metric, rollout: Rollout, reading: MetricReading) -> MetricQuery:
    """Return the statistics of a metric: before the first shift and in the bake, one version serves every call."""
    if metric.cloudwatch:
        canary, stable = (
            _custom_pair(metric.cloudwatch, rollout.target, version)
            for version in (rollout.canary_version, rollout.stable_version)
        )
        return MetricQuery(canary, stable, before=stable)
    if metric.logs:
        return _log_query(rollout)
    alias = _lambda_pair(metric, rollout.target, None, reading)
    if metric.throttles:
        return MetricQuery(alias, None, before=alias)
    canary = _lambda_pair(metric, rollout.target, rollout.canary_version, reading)
    stable = _lambda_pair(metric, rollout.target, rollout.stable_version, reading)
    # AWS documents per-version series for split aliases only: neither before the first shift, nor after promotion.
    return MetricQuery(canary, stable, before=alias, unsplit=alias if rollout.phase is Phase.BAKE else None)


def _log_query(rollout: Rollout) -> MetricQuery:
    """Return the lines of each version out of its calls, which are those of the metric `errors`."""
    calls = metric_query(errors_metric(), rollout, MetricReading(title=""))
    canary, stable = (log_lines(version) for version in (rollout.canary_version, rollout.stable_version))
    beside = StatisticPair(calls.stable.all, stable) if calls.stable else None
    return MetricQuery(StatisticPair(calls.canary.all, canary), beside, StatisticPair(calls.before.all, stable))


def log_lines(version: str) -> MetricStatistic:
    """Return the matching log lines of a version."""
    return MetricStatistic(_LOG_LINES, "Lines", "Sum", (("Version", version),))


def statistics_of(metric_queries: Iterable[MetricQuery]) -> list[MetricStatistic]:
    """Return every statistic of the queries that CloudWatch has, once and in a stable order."""
    pairs = (pair for query in metric_queries for pair in query if pair)
    statistics = dict.fromkeys(statistic for pair in pairs for statistic in pair)
    return [statistic for statistic in statistics if statistic.namespace != _LOG_LINES]


def queries(statistics: Iterable[MetricStatistic], period_seconds: int) -> Iterator[dict[str, Any]]:
    """Yield the statistics as queries of GetMetricData, the n-th with the id `m<n>`."""
    for number, statistic in enumerate(statistics):
        dimensions = [{"Name": name, "Value": value} for name, value in statistic.dimensions]
        metric = {"Namespace": statistic.namespace, "MetricName": statistic.name, "Dimensions": dimensions}
        yield {
            "Id": f"m{number}",
            "MetricStat": {"Metric": metric, "Period": period_seconds, "Stat": statistic.statistic},
        }


def _lambda_pair(metric: Metric, target: Target, version: str | None, reading: MetricReading) -> StatisticPair:
    dimensions = lambda_dimensions(target, version)
    calls = MetricStatistic(_LAMBDA, "Invocations", "Sum", dimensions)
    if metric.throttles:
        return StatisticPair(calls, MetricStatistic(_LAMBDA, "Throttles", "Sum", dimensions))
    if not metric.slow:
        return StatisticPair(calls, MetricStatistic(_LAMBDA, "Errors", "Sum", dimensions))
    # The calls up to the limit: a range without calls may have no datapoint, and of those above it most have none.
    within = f"TC(:{reading.over_ms:.10g})" if reading.unit is Unit.CALLS else f"p{GUARD_PERCENTILE}"
    return StatisticPair(
        MetricStatistic(_LAMBDA, "Duration", "SampleCount", dimensions),
        MetricStatistic(_LAMBDA, "Duration", within, dimensions),
    )


def _custom_pair(metric: CloudWatchMetric, target: Target, version: str) -> StatisticPair:
    values = {"{function}": target.function, "{alias}": target.alias, "{version}": version}
    dimensions = tuple((name, _fill(template, values)) for name, template in metric.dimensions.items())
    total = MetricStatistic(metric.namespace, metric.of, "Sum", dimensions) if metric.of else None
    calls = MetricStatistic(_LAMBDA, "Invocations", "Sum", lambda_dimensions(target, version))
    return StatisticPair(total or calls, MetricStatistic(metric.namespace, metric.name, "Sum", dimensions))


def _fill(template: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        template = template.replace(placeholder, value)
    return template


def lambda_dimensions(target: Target, version: str | None) -> tuple[tuple[str, str], ...]:
    """Return the dimensions of an alias's calls on one version, or on all versions where `version` is None."""
    alias = (("FunctionName", target.function), ("Resource", target.name))
    return (*alias, ("ExecutedVersion", version)) if version else alias
