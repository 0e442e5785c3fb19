"""The document that flows through the state machine."""

from datetime import datetime
from typing import Any

from pydantic import Field

from rollout.domain.enums import Move, Phase, Start
from rollout.domain.errors import InvalidDocumentError
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.domain.validation import read_as
from rollout.policy.read_policy import KeptPolicy
from rollout.policy.steps import Step
from rollout.state.alias import AliasReads, AliasState
from rollout.state.calibration import Calibration
from rollout.state.ending import Ending
from rollout.state.gate import ReachedGate
from rollout.state.hold import StandingFreeze
from rollout.state.hooks.call import HookCall
from rollout.state.hooks.run import HookRun
from rollout.state.judgement import Judgement
from rollout.state.log_counts import LogCounts
from rollout.state.releases.part import Participation

SHORT_CALL_SECONDS = 10
"""Calls up to this long are counted within CloudWatch's lag."""


class Waiting(Value):
    """What an execution that waits for its turn, or for its alias, knows from its earlier tries."""

    tries: int = 0
    alias_missing_since: datetime | None = Field(default=None, description="Since when each try has found no alias.")


class Shift(Value):
    """A share that the canary got, in percent, and the time of the write."""

    at: datetime
    percent: float


class Rollout(Value):
    """The document of one rollout: each task receives it and returns the next one."""

    execution: Execution
    target: Target
    stable_version: str
    canary_version: str
    policy: KeptPolicy
    policy_source: str = Field(default="", description="Where the policy comes from, as a sentence part.")
    auto: str = Field(
        default="", description="What `steps: Auto` chose and why, as a sentence part; empty for other policies."
    )
    channel: str | None = Field(
        default=None,
        description="The channel that the function's tag names, by which subscribers filter notifications.",
    )
    release: Participation | None = Field(
        default=None, description="The release that the rollout is a part of, if any."
    )
    revision_id: str = Field(description="The alias's revision after the rollout last read or wrote it.")
    start: Start = Start.BEGIN
    is_back: bool = Field(default=False, description="Whether the alias returns to an earlier version.")
    creates_alias: bool = Field(default=False, exclude=True, description="Whether PrepareRollout creates the alias.")
    waiting: Waiting = Field(default_factory=Waiting)
    phase: Phase = Phase.SHIFTING
    step: int = Field(default=0, description="The current step, from 1; 0 before the first shift.")
    published_at: datetime | None = Field(
        default=None, description="When the version was published, as the request says."
    )
    first_shift_at: datetime | None = Field(
        default=None, description="When the canary got its first share, or all traffic if it was promoted at once."
    )
    step_started_at: datetime | None = Field(default=None, description="When the current step or the bake began.")
    gate: ReachedGate | None = Field(
        default=None, description="The approval or the pause of the current step that the rollout has reached."
    )
    shifts: tuple[Shift, ...] = Field(
        default=(), description="When the canary got which share, in order of time; without the promotion."
    )
    red_before: tuple[str, ...] = Field(default=(), description="Alarms that were red before the first shift.")
    alarms_without_data: tuple[str, ...] = Field(
        default=(), description="Alarms whose metrics had no datapoint before the first shift."
    )
    p99_before: float | None = Field(
        default=None, description="The p99 of stable before the first shift, in milliseconds: the limit of slow calls."
    )
    calibration: Calibration | None = Field(
        default=None,
        description="What raises the evidence limit of this rollout, if anything does; the first evaluation sets it.",
    )
    log_groups: tuple[str, ...] | None = Field(default=None, description="The log groups of both versions.")
    log_counts: LogCounts | None = None
    timeout_seconds: int = Field(
        default=0, description="The longest that a call of either version can take, in seconds; 0 if unknown."
    )
    override_freeze: str = Field(
        default="", description="Why the rollout overrides freezes and windows; empty where it does not."
    )
    held_since: datetime | None = Field(
        default=None, description="Since when a freeze or a closed window has kept the canary from more traffic."
    )
    held_until: datetime | None = Field(
        default=None, exclude=True, description="When a freeze or a closed window lets the rollout begin, if known."
    )
    freeze: StandingFreeze | None = Field(
        default=None, description="The freeze that keeps the rollout as it is; None for closed windows."
    )
    hook_run: HookRun | None = Field(default=None, description="The hooks that were last called, or are due.")
    hook_answers: Any = Field(default=None, exclude=True, description="What the calls of the hooks returned.")
    waived_hooks: tuple[str, ...] = Field(
        default=(), description="The hooks without a verdict with which the rollout went on, each as a sentence part."
    )
    rollback_hooks: tuple[HookCall, ...] | None = Field(
        default=None, description="The hooks that are called after a rollback."
    )
    evaluations: int = 0
    hook_evaluations: int = Field(default=0, description="As how many evaluations the calls of hooks have counted.")
    alias_missing: int = Field(
        default=0, description="How many evaluations in a row, up to the newest, found no alias."
    )
    alias_reads: AliasReads = Field(default_factory=AliasReads)
    judgement: Judgement | None = None
    next_move: Move | None = None
    wait_seconds: int = 0
    reason: str = ""
    ending: Ending | None = None

    @property
    def current_step(self) -> Step:
        """The current step; the first one before the first shift."""
        return self.policy.steps[max(self.step, 1) - 1]

    @property
    def is_before_traffic(self) -> bool:
        """Whether the canary has had no traffic yet."""
        return self.first_shift_at is None

    @property
    def percent(self) -> float:
        """The canary's current share of the alias's calls, in percent."""
        if self.phase is Phase.BAKE:
            return 100
        return self.current_step.percent if self.step else 0

    @property
    def judged_since(self) -> datetime:
        """The time from which calls are counted: the first shift; during the bake, the promotion."""
        since = self.step_started_at if self.phase is Phase.BAKE else self.first_shift_at
        if since is None:
            raise ValueError("there is nothing to judge before the first shift")
        return since

    @property
    def shared_since(self) -> datetime:
        """The time since which stable and canary share the alias."""
        if self.first_shift_at is None:
            raise ValueError("the alias is not shared before the first shift")
        return self.first_shift_at

    @property
    def log_group_names(self) -> tuple[str, ...]:
        """The log groups of both versions; Lambda's default where they were not read."""
        return self.log_groups or (f"/aws/lambda/{self.target.function}",)

    @property
    def usual_seconds(self) -> float:
        """How long nearly all calls take, in seconds, as far as it delays their counts: 0 for short calls."""
        usual = (self.p99_before or 0) / 1000
        return min(usual, self.timeout_seconds) if usual > SHORT_CALL_SECONDS else 0

    @property
    def is_last_step(self) -> bool:
        """Whether promotion follows the current step."""
        return self.step == len(self.policy.steps)

    @property
    def written_alias(self) -> AliasState:
        """The alias as the rollout last read or wrote it."""
        if self.phase is Phase.BAKE:
            return AliasState(version=self.canary_version, revision_id=self.revision_id)
        shares = {self.canary_version: self.percent} if self.step else {}
        return AliasState(version=self.stable_version, shares=shares, revision_id=self.revision_id)

    def document(self) -> dict[str, object]:
        """Return the document as JSON values for the state machine, without top-level fields that are None.

        Nested nulls stay, because they can be a choice, such as `max_error_percent: null`.
        """
        return {key: value for key, value in self.model_dump(mode="json").items() if value is not None}


def read_rollout(document: object) -> Rollout:
    """Return the document of a rollout. Raises InvalidDocumentError, which names each unreadable field."""
    return read_as(Rollout, document, "The document of the rollout", InvalidDocumentError)
