"""The place of a rollout in the release that it belongs to."""

from datetime import datetime
from enum import IntEnum

from pydantic import Field

from rollout.domain.identity import Execution, Target
from rollout.domain.lambda_names import function_arn
from rollout.domain.models import Value


class Progress(IntEnum):
    """How far a part of a release has come; it only grows."""

    WAITING = 0
    READY = 1
    """Its steps have passed."""
    PROMOTED = 2
    PASSED = 3
    """Its bake has passed."""


class ReleasePart(Value):
    """Which part of which release a rollout is, as its request and its lock say."""

    name: str
    """The name of the release."""
    execution: Execution
    """The execution of the release."""
    number: int
    """Which part it is, from 0."""
    after: dict[int, str] = Field(default_factory=dict)
    """The numbers and the names of the parts that it comes after."""

    def name_of(self, target: Target) -> str:
        """Return a function as sentences about the release name it: by its ARN in another account or region."""
        if target.account_region == self.execution.account_region:
            return target.function
        return function_arn(target.account_region, target.function)


class Participation(Value):
    """What a rollout's document keeps of its release."""

    part: ReleasePart
    progress: Progress = Progress.WAITING
    """How far the rollout has come, as its evaluations have recorded it in the release."""
    held_since: datetime | None = None
    """Since when the rollout waits for other parts; None where it does not."""
    ready_at: datetime | None = None
    """When an evaluation last found that its steps, or its bake, had passed, and it waited for other parts."""
    waits_for: str = ""
    """For which ones it waits after its newest evaluation, as a sentence part; empty where it does not."""
