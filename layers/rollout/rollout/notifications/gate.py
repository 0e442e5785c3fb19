"""The events of a rollout that waits for a person, each with the command that lets it go on."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from rollout.domain.enums import Command, WithoutAnswer
from rollout.domain.text import format_minute
from rollout.lifecycle.gates import CONSEQUENCES
from rollout.notifications.command_lines import command_line
from rollout.notifications.events import ExecutionReference, JudgedEvent, JudgementSummary, slug
from rollout.state.gate import ReachedGate
from rollout.state.rollout import Rollout


class _GateEvent(JudgedEvent):
    """The fields of every event of a rollout that waits for a command."""

    percent: float = Field(description="The canary's share, from 0 to 100.")
    step: int = Field(description="The number of the step, from 1.")
    steps: int = Field(description="The number of steps in the policy that have a share.")
    command_line: str = Field(description="The command for a shell that lets the rollout go on.")
    abort_command_line: str | None = Field(
        default=None, description="The command for a shell that rolls back instead; absent in older events."
    )


class ApprovalRequested(_GateEvent):
    """The rollout waits for the command `approve`."""

    detail_type: ClassVar[str] = "Approval Requested"

    until: datetime = Field(description="When on_timeout decides, unless the time is extended.")
    on_timeout: WithoutAnswer = Field(description="What happens without an approval.")


class RolloutPaused(_GateEvent):
    """The rollout waits for the command `resume`, because its policy has a pause here."""

    detail_type: ClassVar[str] = "Rollout Paused"


def gate_event(
    rollout: Rollout, gate: ReachedGate, command_state_machine_arn: str
) -> ApprovalRequested | RolloutPaused:
    """Return the event of a rollout that has reached a gate; a repeated task gives it the same id."""
    deadline = gate.deadline()
    if gate.approval is None or deadline is None:
        return RolloutPaused(
            **_fields(RolloutPaused, rollout, gate, command_state_machine_arn),
            sentence=f"{_format_position(rollout)}; it is paused by its policy until the command resume",
            command_line=command_line(rollout, Command.RESUME, command_state_machine_arn, step=gate.step),
        )
    consequence = CONSEQUENCES[gate.approval.on_timeout]
    return ApprovalRequested(
        **_fields(ApprovalRequested, rollout, gate, command_state_machine_arn),
        sentence=f"{_format_position(rollout)}; it waits for the command approve, and without it until"
        f" {format_minute(deadline)} {consequence}",
        command_line=command_line(rollout, Command.APPROVE, command_state_machine_arn, step=gate.step),
        until=deadline,
        on_timeout=gate.approval.on_timeout,
    )


def _format_position(rollout: Rollout) -> str:
    reason = f": {rollout.judgement.verdict}, {rollout.judgement.reason}" if rollout.judgement else ""
    return (
        f"{rollout.target.name}: version {rollout.canary_version} has {rollout.percent:g} % in step {rollout.step} of"
        f" {len(rollout.policy.steps)}{reason}"
    )


def _fields(
    event_type: type[_GateEvent], rollout: Rollout, gate: ReachedGate, command_state_machine_arn: str
) -> dict[str, Any]:
    execution, judgement = rollout.execution, rollout.judgement
    return {
        "schema_version": 1,
        "id": f"{execution.arn}/{slug(event_type)}/{gate.step}",
        "at": gate.since,
        "execution": ExecutionReference(arn=execution.arn, name=execution.name),
        "target": rollout.target,
        "channel": rollout.channel,
        "stable_version": rollout.stable_version,
        "canary_version": rollout.canary_version,
        "judgement": JudgementSummary(**judgement.model_dump()) if judgement else None,
        "percent": rollout.percent,
        "step": gate.step,
        "steps": len(rollout.policy.steps),
        "abort_command_line": command_line(rollout, Command.ABORT, command_state_machine_arn),
    }
