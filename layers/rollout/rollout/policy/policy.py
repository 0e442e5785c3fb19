"""How a version is to be rolled out: the steps, and what makes them pass or fail."""

import math
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, ValidationError, field_serializer, model_validator

from rollout.domain.durations import Seconds, format_duration
from rollout.domain.errors import InvalidPolicyError
from rollout.domain.validation import format_problems
from rollout.policy.criteria import Criteria
from rollout.policy.presets import ALL_AT_ONCE
from rollout.policy.steps import Step, WrittenSteps

METRIC_RETENTION_SECONDS = 15 * 86400
"""How long CloudWatch keeps minutes; the counts of a rollout go back to its first shift."""

MAX_DURATION_SECONDS = 14 * 86400
"""The longest plan; the day left over is for looks that come late, and for steps with too few calls."""

MAX_EVALUATIONS = 2500
"""Looks one execution has room for: Step Functions ends it at 25,000 history events, and a look costs nine."""


class OnInconclusive(StrEnum):
    """What happens to a step that still has too few calls after `max_extension` of extension."""

    EXTEND = "extend"
    PROMOTE = "promote"
    ROLL_BACK = "roll_back"
    HAND_OVER = "hand_over"


class OnNewerVersion(StrEnum):
    """What a version does that finds its alias held by the rollout of an older one."""

    QUEUE = "queue"
    SUPERSEDE = "supersede"
    REFUSE = "refuse"


class Policy(Criteria):
    """A plan for one rollout; unknown keys are refused by name."""

    steps: WrittenSteps = Field(
        description="Rising shares, in order, or the name of a preset such as Canary10Percent5Minutes or AllAtOnce."
    )
    bake: Seconds = Field(default=900, description="How long the canary is watched after promotion.")
    interval: Annotated[Seconds, Field(ge=1, le=86400, json_schema_extra={"minimum": 1, "maximum": 86400})] = Field(
        default=60, description="Time between two looks."
    )
    max_extension: Seconds = Field(
        default=7200, description="How much longer than its hold a step with too few calls may last."
    )
    on_inconclusive: OnInconclusive = Field(
        default=OnInconclusive.EXTEND,
        description="What decides a step that is still too thin after max_extension.",
    )
    on_newer_version: OnNewerVersion = Field(
        default=OnNewerVersion.QUEUE,
        description="What this version does where an older one is still being rolled out: wait for its turn, have the"
        " older one taken back first, or be refused.",
    )

    advance_early: bool = Field(
        default=False,
        strict=True,
        description="Whether a step may end before its hold, once its own minutes show the canary to be less than twice"
        " as bad as stable.",
    )

    @model_validator(mode="after")
    def _steps_rise(self) -> Self:
        for number, (before, after) in enumerate(pairwise(self.steps), start=1):
            if after.percent <= before.percent:
                raise ValueError(
                    f"steps[{number}].percent is {after.percent:g} after {before.percent:g}: each step has to give"
                    " the canary more than the one before"
                )
        return self

    @model_validator(mode="after")
    def _time_fits(self) -> Self:
        if self.planned_seconds > MAX_DURATION_SECONDS:
            raise ValueError(
                f"steps and bake take {format_duration(self.planned_seconds)} up to the look that ends each, and a plan"
                f" may take {format_duration(MAX_DURATION_SECONDS)}, as CloudWatch keeps minutes for"
                f" {format_duration(METRIC_RETENTION_SECONDS)}; shorten them, or look more often"
            )
        return self

    @model_validator(mode="after")
    def _looks_fit(self) -> Self:
        if self.planned_evaluations > MAX_EVALUATIONS:
            raise ValueError(
                f"interval is {format_duration(self.interval)}: the holds and the bake would take"
                f" {self.planned_evaluations:,} evaluations, and the limit of an execution is {MAX_EVALUATIONS:,};"
                " use a longer interval"
            )
        return self

    @field_serializer("steps")
    def _name_none(self, steps: list[Step]) -> list[Step] | str:
        return steps or ALL_AT_ONCE

    @property
    def is_all_at_once(self) -> bool:
        """Whether the canary is promoted without ever sharing the alias."""
        return not self.steps

    @property
    def planned_seconds(self) -> int:
        """The time from the first shift to the end of the bake, when no step is extended."""
        return sum(self.seconds_in(hold) for hold in self._holds)

    @property
    def planned_evaluations(self) -> int:
        """The most looks there are from the first shift to the end of the bake, when no step is extended."""
        return sum(self.evaluations_in(hold) for hold in self._holds)

    def seconds_in(self, hold: int) -> int:
        """Return the time up to the look that ends a hold of so many seconds, when it is not extended."""
        return math.ceil(hold / self.interval) * self.interval

    def evaluations_in(self, hold: int) -> int:
        """Return the most looks there are in a hold of so many seconds, when it is not extended."""
        # The first look comes at the next period's edge, before interval is over.
        return 1 + math.ceil(hold / self.interval)

    @property
    def _holds(self) -> list[int]:
        return [*(step.hold for step in self.steps), self.bake]


def read_policy(value: object, whose: str = "The policy") -> Policy:
    """Return the policy written by a person; raises InvalidPolicyError that names each field and value."""
    try:
        return Policy.model_validate(value)
    except ValidationError as error:
        raise InvalidPolicyError(f"{whose} is refused: {format_problems(error, 'policy')}.") from error
