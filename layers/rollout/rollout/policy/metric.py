"""Metrics: what an evaluation measures, and whether the result decides."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from rollout.domain.enums import Missing, Mode
from rollout.domain.models import Strict
from rollout.policy.logs import Logs
from rollout.policy.percent import CallPercent, Number

_KINDS = ("errors", "slow", "throttles", "cloudwatch", "logs", "alarm")
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


def _check_dimensions(dimensions: dict[str, str]) -> dict[str, str]:
    if not any(_VERSION in value for value in dimensions.values()):
        raise PydanticCustomError(
            "version_not_in_dimensions", "add {version} to a dimension, so that each version is measured separately"
        )
    return dimensions


class CloudWatchMetric(Strict):
    """Any CloudWatch metric that counts by version."""

    namespace: str = Field(min_length=1, max_length=255, description="The metric's namespace.")
    name: str = Field(min_length=1, max_length=255, description="The name of the metric that counts bad events.")
    dimensions: Annotated[dict[str, str], AfterValidator(_check_dimensions)] = Field(
        max_length=30,
        description="The metric's dimensions. {function}, {alias} and {version} are replaced in the values.",
    )
    of: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="The metric in the same namespace that counts all events. Default: the version's Invocations.",
    )
    missing: Missing = Field(
        default=Missing.UNKNOWN,
        description="How to read a minute that has calls and no datapoint: unknown, or zero.",
    )


class Metric(Strict):
    """One metric that an evaluation measures."""

    errors: Errors | None = Field(default=None, description="Failed calls.")
    slow: Slow | None = Field(default=None, description="Slow calls.")
    throttles: Throttles | None = Field(
        default=None, description="Throttled calls of the alias, for both versions together."
    )
    cloudwatch: CloudWatchMetric | None = Field(default=None, description="A CloudWatch metric of your own.")
    logs: Logs | None = Field(default=None, description="Log lines by the version that wrote them.")
    alarm: str | None = Field(default=None, min_length=1, description="The name of a CloudWatch alarm.")
    mode: Mode = Field(
        default=Mode.CRITICAL, description="Whether the metric decides (critical) or is only reported (advisory)."
    )
    label: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        description="The metric's name in judgements and in `ignore`. Default: the alarm, the metric or the kind.",
    )

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if len([kind for kind in _KINDS if getattr(self, kind) is not None]) != 1:
            raise PydanticCustomError(
                "one_kind", "write exactly one of errors, slow, throttles, cloudwatch, logs and alarm"
            )
        return self

    @property
    def kind(self) -> str:
        """The kind: errors, slow, throttles, cloudwatch, logs or alarm."""
        return next(kind for kind in _KINDS if getattr(self, kind) is not None)

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


def _from_kind(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value not in _SHORT:
        raise ValueError("write errors, slow or throttles, or an object such as {slow: {over_ms: 800}}")
    return {value: {}}


WrittenMetric = Annotated[
    Metric, BeforeValidator(_from_kind, json_schema_input_type=Metric | Literal["errors", "slow", "throttles"])
]
"""A metric as a policy writes it, such as `slow` or `{slow: {over_ms: 800}, mode: advisory}`."""
