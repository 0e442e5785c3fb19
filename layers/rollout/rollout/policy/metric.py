"""Metrics: what a look measures, and whether it decides."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from rollout.domain.enums import Missing, Mode
from rollout.domain.models import Strict
from rollout.policy.percent import CallPercent, Number

_KINDS = ("errors", "slow", "throttles", "cloudwatch", "alarm")
_SHORT = ("errors", "slow", "throttles")
_VERSION = "{version}"


class Errors(Strict):
    """Calls that failed, as Lambda counts them."""


class Slow(Strict):
    """Calls that took longer than a limit."""

    over_ms: Number | None = Field(
        default=None,
        ge=1,
        le=900_000,
        description="Milliseconds above which a call is slow; without it, stable's own p99 before the first shift.",
    )


class Throttles(Strict):
    """Calls to the alias that Lambda refused for want of concurrency, whichever version they were for."""

    max_percent: CallPercent = Field(
        default=1,
        description="The share of calls that may be refused, unless it was exceeded before the rollout.",
    )


def _told_apart(dimensions: dict[str, str]) -> dict[str, str]:
    if not any(_VERSION in value for value in dimensions.values()):
        raise PydanticCustomError(
            "not_told_apart", "one dimension has to hold {version}, or both versions would be measured as one"
        )
    return dimensions


class CloudWatchMetric(Strict):
    """Any CloudWatch metric of counts, told apart by version."""

    namespace: str = Field(min_length=1, max_length=255, description="The metric's namespace.")
    name: str = Field(min_length=1, max_length=255, description="The metric that counts what is bad.")
    dimensions: Annotated[dict[str, str], AfterValidator(_told_apart)] = Field(
        max_length=30,
        description="The metric's dimensions; {function}, {alias} and {version} are filled in.",
    )
    of: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="The metric, beside it, that counts all; without it, the version's calls as Lambda counts them.",
    )
    missing: Missing = Field(
        default=Missing.UNKNOWN,
        description="What a minute without a datapoint means where calls were served: nothing known, or zero.",
    )


class Metric(Strict):
    """One thing a look measures."""

    errors: Errors | None = Field(default=None, description="Failed calls.")
    slow: Slow | None = Field(default=None, description="Slow calls.")
    throttles: Throttles | None = Field(default=None, description="Refused calls, of the whole alias.")
    cloudwatch: CloudWatchMetric | None = Field(default=None, description="A metric of your own.")
    alarm: str | None = Field(default=None, min_length=1, description="A CloudWatch alarm, by name.")
    mode: Mode = Field(default=Mode.CRITICAL, description="Whether it decides, or is only told.")
    label: str | None = Field(
        default=None, min_length=1, max_length=64, description="Its name in judgements, where its kind says too little."
    )

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if len([kind for kind in _KINDS if getattr(self, kind) is not None]) != 1:
            raise PydanticCustomError("one_thing", "one of errors, slow, throttles, cloudwatch and alarm is needed")
        return self

    @property
    def kind(self) -> str:
        """Which of errors, slow, throttles, cloudwatch and alarm it is."""
        return next(kind for kind in _KINDS if getattr(self, kind) is not None)

    @property
    def name(self) -> str:
        """What judgements call it, and by which it is muted."""
        return self.label or self.alarm or (self.cloudwatch.name if self.cloudwatch else self.kind)

    @property
    def is_critical(self) -> bool:
        """Whether it decides."""
        return self.mode is Mode.CRITICAL

    @property
    def is_compared(self) -> bool:
        """Whether it counts calls of each version, so that the canary can be compared with stable."""
        return self.kind in ("errors", "slow", "cloudwatch")


def _from_word(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value not in _SHORT:
        raise ValueError("write errors, slow or throttles, or an object such as {slow: {over_ms: 800}}")
    return {value: {}}


WrittenMetric = Annotated[
    Metric, BeforeValidator(_from_word, json_schema_input_type=Metric | Literal["errors", "slow", "throttles"])
]
"""A metric as a policy writes it: `slow`, or `{slow: {over_ms: 800}, mode: advisory}`."""
