"""The steps of a policy, written as a list or as a preset's name; `Auto` leaves the choice to the traffic."""

from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator

from rollout.domain.durations import Seconds
from rollout.domain.models import Strict
from rollout.policy.percent import Percent
from rollout.policy.presets import AUTO, PATTERN, preset_steps


class Step(Strict):
    """A share for the canary, and the shortest time for which the canary keeps it."""

    percent: Percent = Field(description="The canary's share of the alias's calls, from 1 to 99.")
    hold: Seconds = Field(description="The shortest time for which the canary keeps this share.")


class AutoSteps(list[Step]):  # noqa: PLW1641 - lists have no hash
    """The steps of `steps: Auto`: none yet, because they are chosen when the rollout starts."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AutoSteps)


def _from_preset(value: Any, read: ValidatorFunctionWrapHandler) -> list[Step]:  # noqa: ANN401 - unchecked input
    if isinstance(value, AutoSteps) or value == AUTO:
        return AutoSteps()
    # An empty list may be a mistake and is refused; the name AllAtOnce is explicit.
    if isinstance(value, str) and not (value := preset_steps(value)):
        return []
    steps: list[Step] = read(value)
    return steps


_Steps = Annotated[list[Step], Field(min_length=1, max_length=100)]

WrittenSteps = Annotated[
    _Steps, WrapValidator(_from_preset, json_schema_input_type=_Steps | Annotated[str, Field(pattern=PATTERN)])
]
"""The steps as a policy writes them. Only AllAtOnce has none, and Auto has none yet."""
