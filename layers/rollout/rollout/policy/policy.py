"""The policy: the steps of a rollout, and the criteria by which they pass or fail."""

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
"""CloudWatch keeps one-minute datapoints this long, and a rollout counts from its first shift."""

MAX_DURATION_SECONDS = 14 * 86400
"""The longest plan. The remaining day is for late evaluations and for steps with too few calls."""

MAX_EVALUATIONS = 2500
"""The limit of evaluations per execution: Step Functions allows 25,000 history events, an evaluation uses nine."""


class OnInconclusive(StrEnum):
    """What happens to a step that still has too few calls after `max_extension`."""

    EXTEND = "extend"
    PROMOTE = "promote"
    ROLL_BACK = "roll_back"
    HAND_OVER = "hand_over"


class OnNewerVersion(StrEnum):
    """What happens to a new version while an older version is being rolled out on the alias."""

    QUEUE = "queue"
    SUPERSEDE = "supersede"
    REFUSE = "refuse"


class Policy(Criteria):
    """The plan of one rollout. It refuses unknown keys by name."""

    steps: WrittenSteps = Field(
        description="A list of rising shares, or the name of a preset such as Canary10Percent5Minutes or AllAtOnce."
    )
    bake: Seconds = Field(default=900, description="How long the canary is evaluated after promotion.")
    interval: Annotated[Seconds, Field(ge=1, le=86400, json_schema_extra={"minimum": 1, "maximum": 86400})] = Field(
        default=60, description="The time between two evaluations."
    )
    max_extension: Seconds = Field(
        default=7200, description="How long a step with too few calls may last beyond its hold."
    )
    on_inconclusive: OnInconclusive = Field(
        default=OnInconclusive.EXTEND,
        description="What happens to a step that still has too few calls after max_extension.",
    )
    on_newer_version: OnNewerVersion = Field(
        default=OnNewerVersion.QUEUE,
        description="What happens to this version while an older one is being rolled out: it waits (queue), the older"
        " one is rolled back first (supersede), or this one is refused (refuse).",
    )
    advance_early: bool = Field(
        default=False,
        strict=True,
        description="Whether a step may end before its hold, as soon as its own minutes show that the canary is less"
        " than twice as bad as stable.",
    )

    @model_validator(mode="after")
    def _steps_rise(self) -> Self:
        for number, (before, after) in enumerate(pairwise(self.steps), start=1):
            if after.percent <= before.percent:
                raise ValueError(
                    f"steps[{number}].percent is {after.percent:g} after {before.percent:g}: give each step a"
                    " larger share than the step before"
                )
        return self

    @model_validator(mode="after")
    def _time_fits(self) -> Self:
        if self.planned_seconds > MAX_DURATION_SECONDS:
            raise ValueError(
                f"steps and bake take {format_duration(self.planned_seconds)} with the evaluation at the end of each,"
                f" and the limit is {format_duration(MAX_DURATION_SECONDS)}, because CloudWatch keeps minutes for"
                f" {format_duration(METRIC_RETENTION_SECONDS)}: shorten the holds, the bake or the interval"
            )
        return self

    @model_validator(mode="after")
    def _evaluations_fit(self) -> Self:
        if self.planned_evaluations > MAX_EVALUATIONS:
            raise ValueError(
                f"interval is {format_duration(self.interval)}: the holds and the bake need"
                f" {self.planned_evaluations:,} evaluations, and the limit per execution is {MAX_EVALUATIONS:,}:"
                " use a longer interval"
            )
        return self

    @field_serializer("steps")
    def _write_steps(self, steps: list[Step]) -> list[Step] | str:
        return steps or ALL_AT_ONCE

    @property
    def is_all_at_once(self) -> bool:
        """Whether the canary is promoted without sharing the alias first."""
        return not self.steps

    @property
    def planned_seconds(self) -> int:
        """The seconds from the first shift to the end of the bake, if no step is extended."""
        return sum(self.seconds_in(hold) for hold in self._holds)

    @property
    def planned_evaluations(self) -> int:
        """The highest number of evaluations from the first shift to the end of the bake, if no step is extended."""
        return sum(self.evaluations_in(hold) for hold in self._holds)

    def seconds_in(self, hold: int) -> int:
        """Return the seconds up to the evaluation that ends a hold of so many seconds, if it is not extended."""
        return math.ceil(hold / self.interval) * self.interval

    def evaluations_in(self, hold: int) -> int:
        """Return the highest number of evaluations in a hold of so many seconds, if it is not extended."""
        # The first evaluation comes at the end of the current period, before a whole interval has passed.
        return 1 + math.ceil(hold / self.interval)

    @property
    def _holds(self) -> list[int]:
        return [*(step.hold for step in self.steps), self.bake]


def read_policy(value: object, subject: str = "The policy") -> Policy:
    """Return the policy. Raises InvalidPolicyError, which names the subject and each invalid field with its value."""
    try:
        return Policy.model_validate(value)
    except ValidationError as error:
        raise InvalidPolicyError(f"{subject} is refused: {format_problems(error, 'policy')}.") from error
