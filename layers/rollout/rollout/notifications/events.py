"""The events that a rollout publishes on the stack's bus, and the source of their JSON Schemas.

Version 1 may get more fields. No field is removed or changes its meaning without another `schema_version`.
"""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from rollout.domain.counts import Counts
from rollout.domain.enums import Verdict
from rollout.domain.identity import Target
from rollout.domain.lambda_names import function_arn
from rollout.domain.models import Value
from rollout.domain.text import Sentence
from rollout.state.canary_logs import CanaryLogs


class ExecutionReference(Value):
    """The Step Functions execution that runs the rollout."""

    arn: str
    name: str


class JudgementSummary(Value):
    """The newest judgement: both versions' calls and failed calls, and the evidence against the canary."""

    verdict: Verdict
    reason: Sentence
    canary: Counts
    stable: Counts
    evidence: float = Field(description="How strongly the counts speak against the canary; 1 is neutral.")
    evidence_limit: float = Field(description="The limit that the evidence is compared with.")


class Event(Value):
    """The fields of every event."""

    detail_type: ClassVar[str]

    schema_version: Literal[1] = Field(description="Changes when a field is removed or changes its meaning.")
    id: str = Field(description="Identifies the event. An event that is published again has the same id: drop it.")
    at: datetime = Field(description="When it happened.")
    sentence: Sentence = Field(description="What happened and why, as a sentence.")

    @property
    def resource(self) -> str:
        """The ARN of what the event is about; every event has its own."""
        raise NotImplementedError


class ExecutionEvent(Event):
    """The fields of every event of an execution."""

    execution: ExecutionReference

    @property
    def resource(self) -> str:
        """The ARN of the execution."""
        return self.execution.arn


_CHANNEL = "The channel that the function's tag `rollout:channel` names; absent without the tag."


class RolloutEvent(ExecutionEvent):
    """The fields of every event about an accepted rollout."""

    target: Target
    channel: str | None = Field(default=None, description=_CHANNEL)
    stable_version: str
    canary_version: str


class RolloutStarted(RolloutEvent):
    """The canary has its first share; with a policy without steps, it gets all traffic next."""

    detail_type: ClassVar[str] = "Rollout Started"

    percents: tuple[float, ...] = Field(description="The canary's share in each step, from 0 to 100.")
    bake_seconds: int = Field(description="How long the bake after the promotion lasts, in seconds.")
    auto: str | None = Field(
        default=None, description="What `steps: Auto` chose, why, and what it would catch; absent for other policies."
    )


class JudgedEvent(RolloutEvent):
    """The fields of every event about a rollout that may have been judged."""

    judgement: JudgementSummary | None = Field(default=None, description="Absent before the first evaluation.")


class StepShifted(JudgedEvent):
    """The canary has the share of a step."""

    detail_type: ClassVar[str] = "Step Shifted"

    percent: float = Field(description="The canary's share, from 0 to 100.")
    step: int = Field(description="The number of the step, from 1.")
    steps: int = Field(description="The number of steps in the policy.")


class RolloutPromoted(JudgedEvent):
    """The alias serves the canary alone."""

    detail_type: ClassVar[str] = "Rollout Promoted"


class RolloutRolledBack(JudgedEvent):
    """The alias serves stable alone again."""

    detail_type: ClassVar[str] = "Rollout Rolled Back"

    canary_logs: CanaryLogs | None = Field(
        default=None, description="What the canary logs and stable does not; absent where its log was not to be read."
    )


class RolloutHandedOver(JudgedEvent):
    """The alias is left as it is, for a person to decide."""

    detail_type: ClassVar[str] = "Rollout Handed Over"

    writer: str | None = Field(
        default=None,
        description="Who moved the alias and when, as CloudTrail names it; absent while that is not known.",
    )
    completes: str | None = Field(
        default=None,
        description="The `id` of the first event of the same ending, which this one completes; absent in the first.",
    )


class RollbackFailed(JudgedEvent):
    """The alias may still be split, and a person must restore it."""

    detail_type: ClassVar[str] = "Rollback Failed"


class RequestedTarget(Value):
    """The alias that a request names, as far as it can be read; account and region default to the orchestrator's."""

    account: str
    region: str
    function: str | None = None
    alias: str | None = None


class RolloutRejected(ExecutionEvent):
    """A request was refused before anything was touched; fields that it does not name are absent."""

    detail_type: ClassVar[str] = "Rollout Rejected"

    target: RequestedTarget
    channel: str | None = Field(default=None, description=_CHANNEL)
    stable_version: str | None = None
    canary_version: str | None = None
    error: str = Field(description="The name of the error, as docs/runbook.md explains it.")
    cause: Sentence = Field(description="What was found, what is needed, and what to do next.")


class AliasMoved(Event):
    """Another writer moved an opted-in alias outside a rollout; fields that are not known are absent."""

    detail_type: ClassVar[str] = "Alias Moved"

    target: Target
    writer: str = Field(description="Who moved the alias, as CloudTrail names it: an ARN, or a service of AWS.")
    version: str = Field(description="The version that the alias serves now.")
    shares: dict[str, float] = Field(description="The share of any other version, in percent.")
    version_before: str | None = Field(
        default=None, description="The version that the alias served before, if the ledger has it."
    )
    shares_before: dict[str, float] | None = Field(default=None, description="The shares before, in percent.")

    @property
    def resource(self) -> str:
        """The ARN of the alias."""
        return f"{function_arn(self.target.account_region, self.target.function)}:{self.target.alias}"


EndingEvent = RolloutPromoted | RolloutRolledBack | RolloutHandedOver | RollbackFailed


def slug(event_type: type[Event]) -> str:
    """Return the detail-type as it stands in file names and ids, such as `step-shifted`."""
    return event_type.detail_type.lower().replace(" ", "-")
