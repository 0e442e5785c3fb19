"""The event of a rollout that a freeze keeps as it is, with the command that ends the freeze."""

from datetime import datetime
from typing import ClassVar, NamedTuple

from pydantic import Field

from rollout.domain.enums import Command
from rollout.notifications.command_lines import command_line, delete_parameter_line
from rollout.notifications.events import ExecutionReference, JudgedEvent, JudgementSummary, slug
from rollout.state.hold import StandingFreeze
from rollout.state.rollout import Rollout


class RolloutFrozen(JudgedEvent):
    """A freeze, by a command or of the stack, has begun to hold the rollout."""

    detail_type: ClassVar[str] = "Rollout Frozen"

    percent: float = Field(description="The canary's share, from 0 to 100.")
    is_by_command: bool = Field(
        description="Whether the command `freeze` holds this rollout; otherwise the stack's FreezeParameter holds all."
    )
    until: datetime | None = Field(
        default=None, description="When the freeze ends by itself; absent where a person has to end it."
    )
    command_line: str = Field(description="The command for a shell that ends the freeze.")


class FreezeEnd(NamedTuple):
    """What ends a freeze: the command state machine for a command, the parameter's name for the stack."""

    command_state_machine_arn: str
    parameter: str


def freeze_event(rollout: Rollout, freeze: StandingFreeze, end: FreezeEnd) -> RolloutFrozen:
    """Return the event of a rollout that a freeze holds; a repeated task gives it the same id."""
    execution, judgement = rollout.execution, rollout.judgement
    return RolloutFrozen(
        schema_version=1,
        id=f"{execution.arn}/{slug(RolloutFrozen)}/{freeze.number}",
        at=freeze.since,
        sentence=f"{rollout.target.name}: version {rollout.canary_version} keeps {rollout.percent:g} %:"
        f" {freeze.reason}",
        execution=ExecutionReference(arn=execution.arn, name=execution.name),
        target=rollout.target,
        channel=rollout.channel,
        stable_version=rollout.stable_version,
        canary_version=rollout.canary_version,
        judgement=JudgementSummary(**judgement.model_dump()) if judgement else None,
        percent=rollout.percent,
        is_by_command=bool(freeze.command),
        until=freeze.until,
        command_line=_end_line(rollout, freeze, end),
    )


def _end_line(rollout: Rollout, freeze: StandingFreeze, end: FreezeEnd) -> str:
    if freeze.command:
        return command_line(rollout, Command.RELEASE, end.command_state_machine_arn)
    return delete_parameter_line(rollout.execution.account_region.region, end.parameter)
