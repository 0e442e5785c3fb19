"""The steps of a policy, written as a list or as a preset's name; `Auto` leaves the choice to the traffic."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidatorFunctionWrapHandler, WrapValidator

from rollout.domain.durations import Seconds
from rollout.domain.models import Strict
from rollout.policy.gates import APPROVAL, ApprovalStep, Gate, PauseStep, is_gate, written_gate
from rollout.policy.percent import Percent
from rollout.policy.presets import AUTO, PATTERN, preset_steps


class ShareStep(Strict):
    """A share for the canary, and the shortest time for which the canary keeps it."""

    percent: Percent = Field(description="The canary's share of the alias's calls, from 1 to 99.")
    hold: Seconds = Field(description="The shortest time for which the canary keeps this share.")


class Step(ShareStep):
    """A share, and what a person has to do before the next one."""

    gate: Gate | None = None


Element = ShareStep | ApprovalStep | PauseStep
"""What a policy writes into the list of steps."""


class AutoSteps(list[Step]):  # noqa: PLW1641 - lists have no hash
    """The steps of `steps: Auto`: none yet, because they are chosen when the rollout starts."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AutoSteps)


def _read_element(value: object) -> Element:
    if isinstance(value, ShareStep):
        return value
    if isinstance(value, dict) and is_gate(value):
        return (ApprovalStep if APPROVAL in value else PauseStep).model_validate(value)
    return ShareStep.model_validate(value)


def _from_preset(value: Any, read: ValidatorFunctionWrapHandler) -> list[Step]:  # noqa: ANN401 - unchecked input
    if isinstance(value, AutoSteps) or value == AUTO:
        return AutoSteps()
    # An empty list may be a mistake and is refused; the name AllAtOnce is explicit.
    if isinstance(value, str) and not (value := preset_steps(value)):
        return []
    return _with_gates(read(value))


def _with_gates(elements: Sequence[Element]) -> list[Step]:
    """Return the shares, each with the gate behind it. A gate that follows no share is refused elsewhere."""
    steps: list[Step] = []
    for element in elements:
        if isinstance(element, ShareStep):
            steps.append(element if isinstance(element, Step) else Step.model_construct(**dict(element), gate=None))
        elif steps:
            gate = element.approval if isinstance(element, ApprovalStep) else element.pause
            steps[-1] = steps[-1].model_copy(update={"gate": gate})
    return steps


def written_steps(steps: Sequence[Step]) -> Iterator[Element]:
    """Yield the elements of the list that a policy with these steps writes."""
    for step in steps:
        yield ShareStep.model_construct(percent=step.percent, hold=step.hold)
        if step.gate:
            yield written_gate(step.gate)


_Element = Annotated[Step, PlainValidator(_read_element, json_schema_input_type=Element)]
_Steps = Annotated[list[_Element], Field(min_length=1, max_length=100)]

WrittenSteps = Annotated[
    _Steps, WrapValidator(_from_preset, json_schema_input_type=_Steps | Annotated[str, Field(pattern=PATTERN)])
]
"""The steps as a policy writes them. Only AllAtOnce has none, and Auto has none yet."""
