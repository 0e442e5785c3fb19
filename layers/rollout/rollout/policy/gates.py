"""Gates between the shares of a policy: an approval that a person gives, or a pause until the command `resume`."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from rollout.domain.durations import Seconds, format_duration
from rollout.domain.enums import WithoutAnswer
from rollout.domain.models import Strict
from rollout.domain.validation import format_value
from rollout.policy.planned import MAX_DURATION_SECONDS, METRIC_RETENTION_SECONDS

APPROVAL, PAUSE = "approval", "pause"

_DAY = 86400


def _fits(seconds: int) -> int:
    if seconds > MAX_DURATION_SECONDS:
        raise ValueError(
            f"write at most {format_duration(MAX_DURATION_SECONDS)}, because CloudWatch keeps minutes for"
            f" {format_duration(METRIC_RETENTION_SECONDS)}"
        )
    return seconds


class Approval(Strict):
    """The canary keeps its share, and is judged, until a person gives the command `approve`."""

    timeout: Annotated[Seconds, Field(ge=1, json_schema_extra={"minimum": 1}), AfterValidator(_fits)] = Field(
        default=_DAY, description="How long to wait for the command approve, at most 14 days."
    )
    on_timeout: WithoutAnswer = Field(
        default=WithoutAnswer.ROLL_BACK,
        description="What happens without an approval in that time. promote goes on, unless the canary is unhealthy.",
    )


class Pause(Strict):
    """The canary keeps its share, and is judged, until a person gives the command `resume`."""


class ApprovalStep(Strict):
    """An approval, as a policy writes it between two shares."""

    approval: Approval


class PauseStep(Strict):
    """A pause, as a policy writes it between two shares."""

    pause: Pause


Gate = Approval | Pause


def written_gate(gate: Gate) -> ApprovalStep | PauseStep:
    """Return a gate as a policy writes it."""
    return ApprovalStep(approval=gate) if isinstance(gate, Approval) else PauseStep(pause=gate)


def is_gate(written: object) -> bool:
    """Whether an element of `steps`, valid or not, is a gate."""
    return isinstance(written, dict) and bool({APPROVAL, PAUSE} & written.keys())


def misplaced_gates(steps: object) -> Iterator[str]:
    """Yield a sentence for each gate of these steps, valid or not, that follows no share."""
    elements = steps if isinstance(steps, list) else []
    for number, element in enumerate(elements):
        if is_gate(element) and (number == 0 or is_gate(elements[number - 1])):
            found = "the first step" if number == 0 else f"after steps[{number - 1}], which waits too"
            yield (
                f"steps[{number}] is {format_value(element)}, {found}: write a share such as"
                ' {"percent": 10, "hold": "5m"} before it'
            )
