"""What makes a canary pass or fail."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from rollout.domain.durations import to_integer
from rollout.domain.enums import Mode
from rollout.domain.models import Strict
from rollout.policy.metric import Errors, Metric, WrittenMetric
from rollout.policy.percent import CallPercent, Number


def _ceiling(default: float | None, what: str) -> float | None:
    field: float | None = Field(
        default=default,
        description=f"The canary cannot pass above this share of {what} calls, and is taken back when more than chance"
        " has it there, unless stable is above it too; null for none.",
    )
    return field


ERRORS = Metric(errors=Errors())


class Guards(Strict):
    """Ceilings on the canary, whatever the evidence says."""

    max_error_percent: CallPercent | None = _ceiling(5, "failed")
    max_slow_percent: CallPercent | None = _ceiling(None, "slow")
    alarms: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="CloudWatch alarms, by name: one that turns red during the rollout takes the canary back.",
    )


class Criteria(Strict):
    """What is measured, what of it decides, and how sure it has to be."""

    metrics: list[WrittenMetric] = Field(
        default_factory=lambda: [ERRORS],
        max_length=20,
        description="What a look measures: errors, slow, throttles, a metric or an alarm; each critical or advisory.",
    )
    ignore: list[str] = Field(
        default_factory=list, description="Metrics and alarms that are neither asked nor heard, by name."
    )
    guards: Guards = Guards()
    false_rollback_percent: Number = Field(
        default=1,
        ge=0.001,
        le=50,
        description="The chance, over the whole rollout, that a healthy canary is taken back.",
    )
    min_invocations: Annotated[int, BeforeValidator(to_integer)] = Field(
        default=50,
        ge=1,
        le=1_000_000_000,
        strict=True,
        description="Calls the canary needs in each step before it can pass.",
    )

    bake_test: Mode = Field(
        default=Mode.ADVISORY,
        description="Whether the comparison with stable's minutes from before promotion decides in the bake.",
    )

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> Self:
        repeated = [name for name, times in Counter(self._names()).items() if times > 1]
        if repeated:
            raise ValueError(f"metrics has {', '.join(repeated)} twice: tell them apart by `label`")
        if any(metric.name == "errors" and not metric.errors for metric in self._all()):
            raise ValueError("metrics calls something errors that is not: failed calls alone have that name")
        return self

    @model_validator(mode="after")
    def _ignored_are_known(self) -> Self:
        if unknown := [name for name in self.ignore if name not in {*self._names()}]:
            raise ValueError(
                f"ignore names {', '.join(unknown)}, and the policy's are {', '.join(self._names())}: name one of these"
            )
        return self

    @model_validator(mode="after")
    def _something_decides(self) -> Self:
        if not any(metric.is_critical for metric in self.active_metrics):
            raise ValueError("metrics has nothing left that decides: one that is critical and not ignored is needed")
        return self

    @model_validator(mode="after")
    def _slow_is_measured(self) -> Self:
        if self.guards.max_slow_percent is not None and not any(metric.slow for metric in self.active_metrics):
            raise ValueError("guards.max_slow_percent needs the metric slow, which says what slow is: add it")
        return self

    @property
    def evidence_limit(self) -> float:
        """What the evidence against the canary has to reach: 100 for one false rollback in a hundred."""
        return 100 / self.false_rollback_percent

    @property
    def active_metrics(self) -> list[Metric]:
        """The metrics that are not muted, alarms of the guards included."""
        return [metric for metric in self._all() if metric.name not in self.ignore]

    @property
    def alarms(self) -> dict[str, Mode]:
        """The alarms that are watched, and which of them decide."""
        return {metric.alarm: metric.mode for metric in self.active_metrics if metric.alarm}

    @property
    def learns_slow_limit(self) -> bool:
        """Whether a metric takes its limit from stable's own p99."""
        return any(metric.slow and metric.slow.over_ms is None for metric in self.active_metrics)

    @property
    def metrics_with_ceiling(self) -> list[Metric]:
        """The critical metrics that have a ceiling; errors are, unless the policy says something else of them."""
        unsaid = [] if any(metric.errors for metric in self.metrics) else [ERRORS]
        return [one for one in [*self.active_metrics, *unsaid] if one.is_critical and self.ceiling(one) is not None]

    def ceiling(self, metric: Metric) -> float | None:
        """Return the percent of a version's calls above which it cannot pass by this metric; None for no such."""
        ceilings = {"errors": self.guards.max_error_percent, "slow": self.guards.max_slow_percent}
        return metric.throttles.max_percent if metric.throttles else ceilings.get(metric.kind)

    def _all(self) -> Iterator[Metric]:
        yield from self.metrics
        yield from (Metric(alarm=alarm) for alarm in self.guards.alarms)

    def _names(self) -> list[str]:
        return [metric.name for metric in self._all()]
