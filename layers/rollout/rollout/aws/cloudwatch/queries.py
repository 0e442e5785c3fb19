"""What CloudWatch is asked about each metric: which series, under which dimensions, by which statistic."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from rollout.domain.enums import Phase, Unit
from rollout.domain.identity import Target
from rollout.judging.counting import GUARD_PERCENTILE, MetricReading
from rollout.policy.metric import CloudWatchMetric, Metric
from rollout.state.rollout import Rollout

_LAMBDA = "AWS/Lambda"


class MetricStatistic(NamedTuple):
    """One number a period."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]

    def format(self) -> str:
        """Return it in words, such as `Errors Sum of ExecutedVersion 4`."""
        key, value = self.dimensions[-1]
        return f"{self.name} {self.statistic} of {key} {value}"


class StatisticPair(NamedTuple):
    """All that is counted, and what of it is bad."""

    all: MetricStatistic
    bad: MetricStatistic


class MetricQuery(NamedTuple):
    """What is asked about a metric."""

    canary: StatisticPair
    stable: StatisticPair | None
    before: StatisticPair
    """Stable's from before the first shift."""


def metric_query(metric: Metric, rollout: Rollout, how: MetricReading) -> MetricQuery:
    """Return what is asked about a metric; before the first shift, and in the bake, the whole alias is one version."""
    if metric.cloudwatch:
        canary, stable = (
            _own(metric.cloudwatch, rollout.target, version)
            for version in (rollout.canary_version, rollout.stable_version)
        )
        return MetricQuery(canary, stable, before=stable)
    alias = _lambdas(metric, rollout.target, None, how)
    if metric.throttles:
        return MetricQuery(alias, None, before=alias)
    canary = _lambdas(metric, rollout.target, rollout.canary_version, how)
    stable = _lambdas(metric, rollout.target, rollout.stable_version, how)
    # AWS documents per-version series for split aliases only: neither before the first shift, nor after promotion.
    return MetricQuery(alias if rollout.phase is Phase.BAKE else canary, stable, before=alias)


def statistics_of(questions: Iterable[MetricQuery]) -> list[MetricStatistic]:
    """Return every number that is asked for, each once, in a steady order."""
    pairs = (pair for asked in questions for pair in asked if pair)
    return list(dict.fromkeys(count for pair in pairs for count in pair))


def queries(counts: Iterable[MetricStatistic], period_seconds: int) -> Iterator[dict[str, Any]]:
    """Yield the counts as GetMetricData's queries, the n-th with the id `m<n>`."""
    for number, count in enumerate(counts):
        dimensions = [{"Name": name, "Value": value} for name, value in count.dimensions]
        metric = {"Namespace": count.namespace, "MetricName": count.name, "Dimensions": dimensions}
        yield {
            "Id": f"m{number}",
            "MetricStat": {"Metric": metric, "Period": period_seconds, "Stat": count.statistic},
        }


def _lambdas(metric: Metric, target: Target, version: str | None, how: MetricReading) -> StatisticPair:
    dimensions = lambda_dimensions(target, version)
    calls = MetricStatistic(_LAMBDA, "Invocations", "Sum", dimensions)
    if metric.throttles:
        return StatisticPair(calls, MetricStatistic(_LAMBDA, "Throttles", "Sum", dimensions))
    if not metric.slow:
        return StatisticPair(calls, MetricStatistic(_LAMBDA, "Errors", "Sum", dimensions))
    slow = f"TC({how.over_ms:.10g}:)" if how.unit is Unit.CALLS else f"p{GUARD_PERCENTILE}"
    return StatisticPair(
        MetricStatistic(_LAMBDA, "Duration", "SampleCount", dimensions),
        MetricStatistic(_LAMBDA, "Duration", slow, dimensions),
    )


def _own(metric: CloudWatchMetric, target: Target, version: str) -> StatisticPair:
    filled = {"{function}": target.function, "{alias}": target.alias, "{version}": version}
    dimensions = tuple((name, _filled(value, filled)) for name, value in metric.dimensions.items())
    every = MetricStatistic(metric.namespace, metric.of, "Sum", dimensions) if metric.of else None
    calls = MetricStatistic(_LAMBDA, "Invocations", "Sum", lambda_dimensions(target, version))
    return StatisticPair(every or calls, MetricStatistic(metric.namespace, metric.name, "Sum", dimensions))


def _filled(template: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        template = template.replace(word, value)
    return template


def lambda_dimensions(target: Target, version: str | None) -> tuple[tuple[str, str], ...]:
    """Return the dimensions Lambda counts an alias's calls under, those of one version or of all."""
    alias = (("FunctionName", target.function), ("Resource", target.name))
    return (*alias, ("ExecutedVersion", version)) if version else alias
