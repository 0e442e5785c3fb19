"""Metrics: what an evaluation measures, and whether the result decides."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from rollout.domain.enums import Missing, Mode
from rollout.domain.models import Strict
from rollout.domain.together import read_with_rules
from rollout.policy.aws_names import (
    DIMENSION_NAMES,
    MAX_DIMENSIONS,
    AlarmName,
    DimensionName,
    DimensionValue,
    Label,
    MetricName,
    Namespace,
)
from rollout.policy.logs import Logs
from rollout.policy.percent import CallPercent, Number

KINDS = ("errors", "slow", "throttles", "cloudwatch", "logs", "alarm")
_SHORT = ("errors", "slow", "throttles")
_VERSION = "{version}"


class Errors(Strict):
    """Failed calls, by Lambda's metric Errors."""


class Slow(Strict):
    """Calls that take longer than a limit."""

    over_ms: Number | None = Field(
        default=None,
        ge=1,
        le=900_000,
        description="A call is slow above this many milliseconds. Default: the p99 of stable before the first shift.",
    )


class Throttles(Strict):
    """Calls to the alias that Lambda throttles, for either version."""

    max_percent: CallPercent = Field(
        default=1,
        description="The share of the alias's calls that may be throttled, unless it was higher before the rollout.",
    )


def _version_missing(dimensions: object) -> Iterator[str]:
    values = dimensions.values() if isinstance(dimensions, dict) else [_VERSION]
    if not any(isinstance(value, str) and _VERSION in value for value in values):
        yield "add {version} to a dimension, so that each version is measured separately"


def _read_dimensions(value: Any, read: ValidatorFunctionWrapHandler) -> dict[str, str]:  # noqa: ANN401 - unchecked input
    dimensions: dict[str, str] = read_with_rules(value, read, _version_missing, "version_not_in_dimensions")
    return dimensions


class CloudWatchMetric(Strict):
    """Any CloudWatch metric that counts by version."""

    namespace: Namespace = Field(description="The metric's namespace.")
    name: MetricName = Field(description="The name of the metric that counts bad events.")
    dimensions: Annotated[
        dict[DimensionName, DimensionValue], Field(max_length=MAX_DIMENSIONS), WrapValidator(_read_dimensions)
    ] = Field(
        description="The metric's dimensions. {function}, {alias} and {version} are replaced in the values.",
        json_schema_extra={"propertyNames": DIMENSION_NAMES},
    )
    of: MetricName | None = Field(
        default=None,
        description="The metric in the same namespace that counts all events. Default: the version's Invocations.",
    )
    missing: Missing = Field(
        default=Missing.UNKNOWN,
        description="How to read a minute that has calls and no datapoint: unknown, or zero.",
    )


def _not_one_kind(metric: object) -> Iterator[str]:
    """Yield what is needed where a metric, read or as it was written, does not have exactly one kind."""
    fields = dict(metric) if isinstance(metric, Metric | dict) else {KINDS[0]: metric}
    if sum(fields.get(kind) is not None for kind in KINDS) != 1:
        yield f"write exactly one of {', '.join(KINDS[:-1])} and {KINDS[-1]}"


class Metric(Strict):
    """One metric that an evaluation measures."""

    errors: Errors | None = Field(default=None, description="Failed calls.")
    slow: Slow | None = Field(default=None, description="Slow calls.")
    throttles: Throttles | None = Field(
        default=None, description="Throttled calls of the alias, for both versions together."
    )
    cloudwatch: CloudWatchMetric | None = Field(default=None, description="A CloudWatch metric of your own.")
    logs: Logs | None = Field(default=None, description="Log lines by the version that wrote them.")
    alarm: AlarmName | None = Field(default=None, description="The name of a CloudWatch alarm.")
    mode: Mode = Field(
        default=Mode.CRITICAL, description="Whether the metric decides (critical) or is only reported (advisory)."
    )
    label: Label | None = Field(
        default=None,
        description="The metric's name in judgements and in `ignore`. Default: the alarm, the metric or the kind.",
    )

    @model_validator(mode="wrap")
    @classmethod
    def _is_one_kind(cls, value: object, read: ModelWrapValidatorHandler[Self]) -> Self:
        metric: Self = read_with_rules(value, read, _not_one_kind, "one_kind")
        return metric

    @property
    def kind(self) -> str:
        """The kind: errors, slow, throttles, cloudwatch, logs or alarm."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def name(self) -> str:
        """The name in judgements and in the policy's `ignore`."""
        return self.label or self.alarm or (self.cloudwatch.name if self.cloudwatch else self.kind)

    @property
    def is_critical(self) -> bool:
        """Whether the metric decides."""
        return self.mode is Mode.CRITICAL

    @property
    def is_compared(self) -> bool:
        """Whether the metric counts by version, so that the canary can be compared with stable."""
        return self.kind in ("errors", "slow", "cloudwatch", "logs")


def metric_from_kind(value: object) -> object:
    """Return a metric written as a word as an object. Raises ValueError for a word that names no kind."""
    if not isinstance(value, str):
        return value
    if value not in _SHORT:
        raise ValueError("write errors, slow or throttles, or an object such as {slow: {over_ms: 800}}")
    return {value: {}}


WrittenMetric = Annotated[
    Metric, BeforeValidator(metric_from_kind, json_schema_input_type=Metric | Literal["errors", "slow", "throttles"])
]
"""A metric as a policy writes it, such as `slow` or `{slow: {over_ms: 800}, mode: advisory}`."""
