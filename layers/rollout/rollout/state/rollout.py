"""The one document that flows through the state machine, and how it ends."""

from datetime import datetime

from pydantic import ConfigDict, Field

from rollout.domain.enums import Move, Outcome, Phase, Start
from rollout.domain.identity import Execution, Target
from rollout.domain.models import Value
from rollout.policy.policy import Policy
from rollout.policy.steps import Step
from rollout.state.judgement import Judgement


class Failure(Value):
    """What a Catch adds to the document: Step Functions' own two words; it gives some errors no cause."""

    error: str = Field(alias="Error")
    cause: str = Field(default="", alias="Cause")


class Ending(Value):
    """How it ended, and the error code and sentence that a Fail state shows."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    outcome: Outcome
    error: str = Field(alias="Error")
    cause: str = Field(alias="Cause")

    @property
    def leaves_alias_unsplit(self) -> bool:
        """Whether the alias is at one version alone, or in somebody else's hands; only then is its claim given back."""
        return self.outcome is not Outcome.ROLLBACK_FAILED


class Rollout(Value):
    """The document of one rollout: each task takes it whole and returns the next one."""

    execution: Execution
    target: Target
    stable_version: str
    canary_version: str
    policy: Policy
    policy_source: str = Field(default="", description="Where the policy came from, in words.")
    revision_id: str = Field(description="The alias as we last read or wrote it.")
    start: Start = Start.BEGIN
    phase: Phase = Phase.SHIFTING
    step: int = Field(default=0, description="The step the rollout is in, from 1; 0 before the first shift.")
    first_shift_at: datetime | None = Field(
        default=None, description="When the canary got its first share; all of them, where it is promoted at once."
    )
    step_started_at: datetime | None = Field(default=None, description="When this step, or the bake, began.")
    red_before: tuple[str, ...] = Field(default=(), description="Alarms red since before the first shift.")
    p99_before: float | None = Field(
        default=None, description="Stable's p99 before the first shift, in milliseconds; what slow is measured by."
    )
    evaluations: int = 0
    judgement: Judgement | None = None
    next_move: Move | None = None
    wait_seconds: int = 0
    reason: str = ""
    ending: Ending | None = None

    @property
    def current_step(self) -> Step:
        """The step the rollout is in; the first one before the first shift."""
        return self.policy.steps[max(self.step, 1) - 1]

    @property
    def percent(self) -> float:
        """The canary's share of the alias's calls now."""
        if self.phase is Phase.BAKE:
            return 100
        return self.current_step.percent if self.step else 0

    @property
    def judged_since(self) -> datetime:
        """The moment from which counts are taken: the first shift, or the promotion in the bake."""
        since = self.step_started_at if self.phase is Phase.BAKE else self.first_shift_at
        if since is None:
            raise ValueError("nothing can be judged before the first shift")
        return since

    @property
    def shared_since(self) -> datetime:
        """The moment from which stable has shared the alias with the canary."""
        if self.first_shift_at is None:
            raise ValueError("nothing is shared before the first shift")
        return self.first_shift_at

    @property
    def is_last_step(self) -> bool:
        """Whether promotion comes next."""
        return self.step == len(self.policy.steps)

    def document(self) -> dict[str, object]:
        """Return what goes back to the state machine; what is not known yet is left out.

        Only at the top: further down a null may be somebody's choice, as `max_error_percent: null` is.
        """
        return {key: value for key, value in self.model_dump(mode="json").items() if value is not None}
