"""The schedule of a rollout: the time of each step, and the canary's expected calls in it."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from rollout.domain.durations import format_duration
from rollout.domain.models import Value
from rollout.dry_run.traffic import Share, Traffic, format_low_traffic
from rollout.judging.window import Timing
from rollout.policy.gates import Approval, Gate
from rollout.policy.policy import Policy

UNKNOWN: Literal["unknown"] = "unknown"


class OmitNone(Value):
    """A value whose JSON leaves out the fields that are None."""

    @model_serializer(mode="wrap")
    def _omit_none(self, dump: SerializerFunctionWrapHandler) -> dict[str, object]:
        # Only the fields of this value: a null deeper down can be a setting, such as `max_error_percent: null`.
        return {name: value for name, value in dump(self).items() if value is not None}


class PlannedStep(OmitNone):
    """A step or the bake: its time since the first shift, and the canary's expected calls in it."""

    percent: float
    hold: str
    start: str = Field(serialization_alias="from")
    until: str
    expected_calls: int | Literal["unknown"]
    then: str | None = None
    """What the rollout waits for before it goes on."""
    warning: str | None = None


def planned_steps(policy: Policy, traffic: Traffic | None, timing: Timing) -> Iterator[PlannedStep]:
    """Yield the steps and then the bake, if any; each lasts until the evaluation that ends it without an extension.

    The next one begins then, or at the latest when an approval may come.
    """
    shares, gates = [*_shares(policy)], [*(step.gate for step in policy.steps), None]
    lengths = [policy.seconds_in(share.hold) for share in shares]
    waits = [policy.seconds_in(gate.timeout) if isinstance(gate, Approval) else 0 for gate in gates]
    starts = accumulate(map(sum, zip(lengths, waits, strict=False)), initial=0)
    for share, start, length, gate in zip(shares, starts, lengths, gates, strict=False):
        yield PlannedStep(
            percent=share.percent,
            hold=format_duration(share.hold),
            start=format_duration(start),
            until=format_duration(start + length),
            expected_calls=round(traffic.expected(length, share.percent)) if traffic else UNKNOWN,
            then=format_gate(gate) if gate else None,
            warning=format_low_traffic(share, policy, traffic, timing) if traffic else None,
        )


def format_gate(gate: Gate) -> str:
    """Return what a gate waits for, as a sentence part."""
    if isinstance(gate, Approval):
        return f"waits up to {format_duration(gate.timeout)} for the command approve, and without it {gate.on_timeout}"
    return "paused until the command resume"


def _shares(policy: Policy) -> Iterator[Share]:
    for number, step in enumerate(policy.steps, start=1):
        name = f"Step {number} ({step.percent:g} % for {format_duration(step.hold)})"
        yield Share(name=name, percent=step.percent, hold=step.hold)
    if policy.bake:
        yield Share(name=f"The bake ({format_duration(policy.bake)})", percent=100, hold=policy.bake)
