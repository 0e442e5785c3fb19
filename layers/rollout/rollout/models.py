"""The values of a rollout, and the one document that flows through the state machine."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from rollout.policy import Policy
from rollout.steps import Step
from rollout.words import Mode, Move, Outcome, Phase, Start, Verdict


class Value(BaseModel, frozen=True):
    """Something that does not change; fields it does not know are ignored, so an execution outlives a deploy."""


class Place(Value):
    """An account and a region: the orchestrator's own, or a member's."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"account {self.account}, region {self.region}"


class Target(Value):
    """The alias a rollout is about."""

    account: str
    region: str
    function: str
    alias: str

    @property
    def place(self) -> Place:
        """Where the function lies."""
        return Place(account=self.account, region=self.region)

    @property
    def name(self) -> str:
        """The function and its alias, as Lambda's metrics name them."""
        return f"{self.function}:{self.alias}"


class Execution(Value):
    """The Step Functions execution that carries a rollout."""

    arn: str
    name: str
    started_at: datetime

    @property
    def place(self) -> Place:
        """Where the orchestrator runs."""
        _, _, _, region, account, *_ = self.arn.split(":")
        return Place(account=account, region=region)


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
    def leaves_alias_whole(self) -> bool:
        """Whether the alias is at one version alone, or in somebody else's hands; only then is its claim given back."""
        return self.outcome is not Outcome.ROLLBACK_FAILED


class Health(Value):
    """The calls one version served in a window, and how many were bad: they failed, say, or were slow."""

    calls: int = 0
    bad: int = 0

    @property
    def bad_percent(self) -> float:
        """Bad calls per hundred; 0 where there were none."""
        return 100 * self.bad / self.calls if self.calls else 0.0

    def __add__(self, other: "Health") -> "Health":
        return Health(calls=self.calls + other.calls, bad=self.bad + other.bad)


class Finding(Value):
    """What one witness has to say, since the first shift; in the bake, since promotion."""

    witness: str
    kind: str
    mode: Mode
    canary: Health
    stable: Health
    log_evidence: float = Field(description="Natural logarithm of its evidence against the canary; 0 says nothing.")


class Judgement(Value):
    """What a look found, why, and the counts it rests on (since the first shift; in the bake, since promotion)."""

    verdict: Verdict
    reason: str
    canary: Health = Field(description="The canary's calls, and how many failed.")
    stable: Health
    findings: tuple[Finding, ...] = ()
    evidence: float = Field(description="How strongly the counts speak against the canary; 1 says nothing.")
    evidence_limit: float
    may_end_step: bool = Field(default=False, description="Whether the policy lets the step end before its hold.")


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
    looks: int = 0
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
