"""The criteria by which a canary passes or fails."""

from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from rollout.domain.durations import to_integer
from rollout.domain.enums import Mode
from rollout.domain.models import Strict
from rollout.policy.aws_names import AlarmName
from rollout.policy.metric import Errors, Metric, WrittenMetric
from rollout.policy.percent import CallPercent, Number


def _ceiling(default: float | None, kind: str) -> float | None:
    field: float | None = Field(
        default=default,
        description=f"The highest share of {kind} calls, in percent, at which the canary can pass. A canary above it"
        " by more than chance is rolled back, unless stable is above it too. null: no ceiling.",
    )
    return field


@cache
def errors_metric() -> Metric:
    """Return the metric that a policy measures by default: failed calls."""
    return Metric(errors=Errors())


class Guards(Strict):
    """Limits for the canary that apply independently of the evidence."""

    max_error_percent: CallPercent | None = _ceiling(5, "failed")
    max_slow_percent: CallPercent | None = _ceiling(None, "slow")
    missing_share: Mode = Field(
        default=Mode.CRITICAL,
        description="Whether a canary that gets less than its share of the calls is rolled back (critical), or is only"
        " reported (advisory). Lambda counts no call that it cannot start.",
    )
    alarms: list[AlarmName] = Field(
        default_factory=list,
        max_length=20,
        description="Names of CloudWatch alarms. An alarm that turns red during the rollout rolls back the canary.",
    )


def _show_default_guards(schema: dict[str, Any]) -> None:
    schema["default"] = Guards().model_dump(mode="json")


class Criteria(Strict):
    """What is measured, which metrics decide, and how strong the evidence must be."""

    metrics: list[WrittenMetric] = Field(
        default_factory=lambda: [errors_metric()],
        max_length=20,
        description="What an evaluation measures: errors, slow, throttles, a CloudWatch metric, log lines or an alarm.",
    )
    ignore: list[AlarmName] = Field(
        default_factory=list, max_length=100, description="Names of metrics and alarms that are not measured."
    )
    guards: Guards = Field(default_factory=Guards, json_schema_extra=_show_default_guards)
    false_rollback_percent: Number = Field(
        default=1,
        ge=0.001,
        le=50,
        description="The probability, in percent and over the whole rollout, that a healthy canary is rolled back.",
    )
    min_invocations: Annotated[int, BeforeValidator(to_integer)] = Field(
        default=50,
        ge=1,
        le=1_000_000_000,
        strict=True,
        description="The number of calls that the canary needs in each step before it can pass.",
    )

    bake_test: Mode = Field(
        default=Mode.ADVISORY,
        description="Whether the comparison with stable's minutes before promotion decides during the bake.",
    )

    @property
    def evidence_limit(self) -> float:
        """The evidence at which the canary is unhealthy: 100 when false_rollback_percent is 1."""
        return 100 / self.false_rollback_percent

    @property
    def active_metrics(self) -> list[Metric]:
        """The metrics that are not ignored, including the alarms of the guards."""
        return [metric for metric in self._all() if metric.name not in self.ignore]

    @property
    def alarms(self) -> dict[str, Mode]:
        """The watched alarms by name, each with its mode."""
        return {metric.alarm: metric.mode for metric in self.active_metrics if metric.alarm}

    @property
    def learns_slow_limit(self) -> bool:
        """Whether a metric uses the p99 of stable as its limit."""
        return any(metric.slow and metric.slow.over_ms is None for metric in self.active_metrics)

    @property
    def log_metric(self) -> Metric | None:
        """The metric that counts log lines; None without one."""
        return next((metric for metric in self.active_metrics if metric.logs), None)

    @property
    def metrics_with_ceiling(self) -> list[Metric]:
        """The critical metrics with a ceiling; errors are one of them, unless the policy configures them otherwise."""
        implied = [] if any(metric.errors for metric in self.metrics) else [errors_metric()]
        candidates = [*self.active_metrics, *implied]
        return [metric for metric in candidates if metric.is_critical and self.ceiling(metric) is not None]

    def ceiling(self, metric: Metric) -> float | None:
        """Return the percent of bad calls above which a version cannot pass this metric; None without a ceiling."""
        ceilings = {"errors": self.guards.max_error_percent, "slow": self.guards.max_slow_percent}
        return metric.throttles.max_percent if metric.throttles else ceilings.get(metric.kind)

    def _all(self) -> Iterator[Metric]:
        yield from self.metrics
        yield from (Metric(alarm=alarm) for alarm in self.guards.alarms)
