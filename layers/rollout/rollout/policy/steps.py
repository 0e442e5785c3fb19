"""The steps of a policy, written one by one or by a preset's name."""

from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator

from rollout.domain.durations import Seconds
from rollout.domain.models import Strict
from rollout.policy.percent import Percent
from rollout.policy.presets import PATTERN, preset_steps


class Step(Strict):
    """A share for the canary, and how long it keeps it at least."""

    percent: Percent = Field(description="The canary's share of the alias's calls, 1 to 99.")
    hold: Seconds = Field(description="How long the canary keeps this share at least.")


def _from_preset(written: Any, read: ValidatorFunctionWrapHandler) -> list[Step]:  # noqa: ANN401 - anybody's writing
    # A list without a step may be a slip of the pen; the name AllAtOnce is none.
    if isinstance(written, str) and not (written := preset_steps(written)):
        return []
    steps: list[Step] = read(written)
    return steps


_Steps = Annotated[list[Step], Field(min_length=1, max_length=100)]

WrittenSteps = Annotated[
    _Steps, WrapValidator(_from_preset, json_schema_input_type=_Steps | Annotated[str, Field(pattern=PATTERN)])
]
"""Steps as a policy writes them; none at all for AllAtOnce alone."""
