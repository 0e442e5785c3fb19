"""What a rollout tells others as it happens: the events of the stack's bus, and the source of their JSON Schemas.

Version 1 may get further fields; none is taken away or changes its meaning without another `schema_version`.
"""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from rollout.domain.counts import Counts
from rollout.domain.enums import Verdict
from rollout.domain.identity import Target
from rollout.domain.models import Value


class ExecutionReference(Value):
    """The Step Functions execution that carries the rollout."""

    arn: str
    name: str


class JudgementSummary(Value):
    """What the newest look found: both versions' calls and failed calls, and how strongly they speak."""

    verdict: Verdict
    reason: str
    canary: Counts
    stable: Counts
    evidence: float = Field(description="How strongly the counts speak against the canary; 1 says nothing.")
    evidence_limit: float


class Event(Value):
    """What every event tells."""

    detail_type: ClassVar[str]

    schema_version: Literal[1] = Field(description="Another number is another meaning.")
    id: str = Field(description="The same where the same news is sent again: drop what you have seen.")
    at: datetime = Field(description="When it happened.")
    sentence: str = Field(description="What happened and why, for people.")
    execution: ExecutionReference


class RolloutEvent(Event):
    """What every event of a rollout tells that was not rejected."""

    target: Target
    stable_version: str
    canary_version: str


class RolloutStarted(RolloutEvent):
    """The canary has its first share."""

    detail_type: ClassVar[str] = "Rollout Started"

    percents: tuple[float, ...] = Field(description="The share of each step.")
    bake_seconds: int = Field(description="How long the canary is watched once it is promoted.")


class JudgedEvent(RolloutEvent):
    """News of a rollout that may have been judged by now."""

    judgement: JudgementSummary | None = Field(default=None, description="Left out where no look has been taken.")


class StepShifted(JudgedEvent):
    """The canary has the share of a step."""

    detail_type: ClassVar[str] = "Step Shifted"

    percent: float = Field(description="The canary's share, from 0 to 100.")
    step: int = Field(description="The number of the step, from 1.")
    steps: int = Field(description="How many there are.")


class RolloutPromoted(JudgedEvent):
    """The alias serves the canary alone."""

    detail_type: ClassVar[str] = "Rollout Promoted"


class RolloutRolledBack(JudgedEvent):
    """The alias serves stable alone again."""

    detail_type: ClassVar[str] = "Rollout Rolled Back"


class RolloutHandedOver(JudgedEvent):
    """The alias is left as it is, for a person to decide."""

    detail_type: ClassVar[str] = "Rollout Handed Over"


class RollbackFailed(JudgedEvent):
    """The alias may be split, and nobody but a person can help."""

    detail_type: ClassVar[str] = "Rollback Failed"


class RequestedTarget(Value):
    """The alias a request is about, as far as it can be read; account and region are where it would be looked for."""

    account: str
    region: str
    function: str | None = None
    alias: str | None = None


class RolloutRejected(Event):
    """A request was refused, before anything was touched; what it did not say is left out."""

    detail_type: ClassVar[str] = "Rollout Rejected"

    target: RequestedTarget
    stable_version: str | None = None
    canary_version: str | None = None
    error: str = Field(description="The name of the refusal, as docs/runbook.md explains it.")
    cause: str = Field(description="What was found, what is needed, what to do next.")


EndingEvent = RolloutPromoted | RolloutRolledBack | RolloutHandedOver | RollbackFailed

EVENT_TYPES: tuple[type[Event], ...] = (
    RolloutStarted,
    StepShifted,
    RolloutPromoted,
    RolloutRolledBack,
    RolloutRejected,
    RolloutHandedOver,
    RollbackFailed,
)


def slug(kind: type[Event]) -> str:
    """Return a detail-type as files and ids name it, such as `step-shifted`."""
    return kind.detail_type.lower().replace(" ", "-")
