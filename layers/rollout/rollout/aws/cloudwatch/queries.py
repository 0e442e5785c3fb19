"""What CloudWatch is asked about each witness: which series, under which dimensions, by which statistic."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from rollout.domain.enums import Phase, Unit
from rollout.domain.identity import Target
from rollout.judging.counting import GUARD_PERCENTILE, Counting
from rollout.policy.metric import Metric, Witness
from rollout.state.rollout import Rollout

_LAMBDA = "AWS/Lambda"


class Count(NamedTuple):
    """One number a period."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]

    def say(self) -> str:
        """Return it in words, such as `Errors Sum of ExecutedVersion 4`."""
        key, value = self.dimensions[-1]
        return f"{self.name} {self.statistic} of {key} {value}"


class Pair(NamedTuple):
    """All that is counted, and what of it is bad."""

    all: Count
    bad: Count


class Question(NamedTuple):
    """What is asked about a witness."""

    canary: Pair
    stable: Pair | None
    before: Pair
    """Stable's from before the first shift."""


def question(witness: Witness, rollout: Rollout, how: Counting) -> Question:
    """Return what is asked about a witness; before the first shift, and in the bake, the whole alias is one version."""
    if witness.metric:
        canary, stable = (
            _own(witness.metric, rollout.target, version)
            for version in (rollout.canary_version, rollout.stable_version)
        )
        return Question(canary, stable, before=stable)
    alias = _lambdas(witness, rollout.target, None, how)
    if witness.throttles:
        return Question(alias, None, before=alias)
    canary = _lambdas(witness, rollout.target, rollout.canary_version, how)
    stable = _lambdas(witness, rollout.target, rollout.stable_version, how)
    # AWS documents per-version series for split aliases only: neither before the first shift, nor after promotion.
    return Question(alias if rollout.phase is Phase.BAKE else canary, stable, before=alias)


def counts_of(questions: Iterable[Question]) -> list[Count]:
    """Return every number that is asked for, each once, in a steady order."""
    pairs = (pair for asked in questions for pair in asked if pair)
    return list(dict.fromkeys(count for pair in pairs for count in pair))


def queries(counts: Iterable[Count], period_seconds: int) -> Iterator[dict[str, Any]]:
    """Yield the counts as GetMetricData's queries, the n-th with the id `m<n>`."""
    for number, count in enumerate(counts):
        dimensions = [{"Name": name, "Value": value} for name, value in count.dimensions]
        metric = {"Namespace": count.namespace, "MetricName": count.name, "Dimensions": dimensions}
        yield {
            "Id": f"m{number}",
            "MetricStat": {"Metric": metric, "Period": period_seconds, "Stat": count.statistic},
        }


def _lambdas(witness: Witness, target: Target, version: str | None, how: Counting) -> Pair:
    dimensions = lambda_dimensions(target, version)
    calls = Count(_LAMBDA, "Invocations", "Sum", dimensions)
    if witness.throttles:
        return Pair(calls, Count(_LAMBDA, "Throttles", "Sum", dimensions))
    if not witness.slow:
        return Pair(calls, Count(_LAMBDA, "Errors", "Sum", dimensions))
    slow = f"TC({how.over_ms:.10g}:)" if how.unit is Unit.CALLS else f"p{GUARD_PERCENTILE}"
    return Pair(Count(_LAMBDA, "Duration", "SampleCount", dimensions), Count(_LAMBDA, "Duration", slow, dimensions))


def _own(metric: Metric, target: Target, version: str) -> Pair:
    filled = {"{function}": target.function, "{alias}": target.alias, "{version}": version}
    dimensions = tuple((name, _filled(value, filled)) for name, value in metric.dimensions.items())
    every = Count(metric.namespace, metric.of, "Sum", dimensions) if metric.of else None
    calls = Count(_LAMBDA, "Invocations", "Sum", lambda_dimensions(target, version))
    return Pair(every or calls, Count(metric.namespace, metric.name, "Sum", dimensions))


def _filled(template: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        template = template.replace(word, value)
    return template


def lambda_dimensions(target: Target, version: str | None) -> tuple[tuple[str, str], ...]:
    """Return the dimensions Lambda counts an alias's calls under, those of one version or of all."""
    alias = (("FunctionName", target.function), ("Resource", target.name))
    return (*alias, ("ExecutedVersion", version)) if version else alias
