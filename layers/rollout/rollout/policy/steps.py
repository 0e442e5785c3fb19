"""The steps of a policy, written as a list or as a preset's name."""

from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator

from rollout.domain.durations import Seconds
from rollout.domain.models import Strict
from rollout.policy.percent import Percent
from rollout.policy.presets import PATTERN, preset_steps


class Step(Strict):
    """A share for the canary, and the shortest time for which the canary keeps it."""

    percent: Percent = Field(description="The canary's share of the alias's calls, from 1 to 99.")
    hold: Seconds = Field(description="The shortest time for which the canary keeps this share.")


def _from_preset(value: Any, read: ValidatorFunctionWrapHandler) -> list[Step]:  # noqa: ANN401 - unchecked input
    # An empty list may be a mistake and is refused; the name AllAtOnce is explicit.
    if isinstance(value, str) and not (value := preset_steps(value)):
        return []
    steps: list[Step] = read(value)
    return steps


_Steps = Annotated[list[Step], Field(min_length=1, max_length=100)]

WrittenSteps = Annotated[
    _Steps, WrapValidator(_from_preset, json_schema_input_type=_Steps | Annotated[str, Field(pattern=PATTERN)])
]
"""The steps as a policy writes them. Only AllAtOnce has none."""
