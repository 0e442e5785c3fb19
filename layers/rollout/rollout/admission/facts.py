"""The facts that PrepareRollout looks up before it answers a request."""

from pydantic import Field

from rollout.admission.callers import Callers
from rollout.admission.tags import tag_problems
from rollout.auto.recent_day import RecentDay
from rollout.domain.enums import AlarmState
from rollout.domain.identity import Target
from rollout.domain.lambda_names import function_arn
from rollout.domain.models import Value
from rollout.domain.tags import tagged_alias, tagged_channel
from rollout.state.alias import AliasState
from rollout.state.hold import Hold
from rollout.state.lock import Lock, QueuedVersion
from rollout.state.past_rollout import PastRollout

FIRST_VERSION = "1"
"""Lambda numbers a function's versions from 1 and never reuses a number."""

MAX_TIMEOUT_SECONDS = 900
"""Lambda's longest timeout; a longer one would count as this long."""


class VersionFacts(Value):
    """A published version as Lambda describes it."""

    version: str
    state: str
    """Lambda's State, such as Active, Pending or Failed."""
    state_reason: str = ""
    state_reason_code: str = ""
    """Lambda's StateReasonCode, such as Idle or ImageDeleted."""
    role: str
    """The ARN of the execution role."""
    dead_letter_target: str | None = None
    """The ARN of the dead-letter queue or topic."""
    log_group: str = ""
    """The name of the log group that the version writes to."""
    code_sha256: str = ""
    """The hash of its code."""
    timeout_seconds: int = 0
    """How long a call can take; 0 if unknown."""
    is_durable: bool = False
    """Whether its calls are durable executions, which can go on for days."""


class HookFacts(Value):
    """A function that the policy names as a hook."""

    field: str
    """The first field of the policy that names it."""
    exists: bool = True
    tags: dict[str, str] = Field(default_factory=dict)


class FunctionFacts(Value):
    """The function, versions and alias of a request; None for what does not exist."""

    target: Target
    tags: dict[str, str] = Field(default_factory=dict)
    newest_version: str | None = None
    alias: AliasState | None = None
    stable: VersionFacts | None = None
    canary: VersionFacts | None = None
    alarms: dict[str, AlarmState] = Field(default_factory=dict)
    """The states of the policy's alarms, by name."""
    alarms_without_data: tuple[str, ...] = ()
    """The metric alarms whose metrics have no datapoint in the last hours."""
    p99_ms: float | None = None
    """The alias's usual p99 in milliseconds, if the policy uses it as the limit of slow calls."""
    recent_day: RecentDay | None = None
    """The alias's last day of calls, if the policy chooses its steps by them."""
    hold: Hold | None = None
    """Why no rollout begins now; None where one may, and where the request overrides it."""
    lock: Lock | None = None
    """The lock of the alias, if a rollout holds it."""
    queued: QueuedVersion | None = None
    """The version that waits for the alias."""
    started_by_event: bool = False
    """Whether an event or a sweep started the execution, not a person."""
    rolled_out_before: bool = False
    """Whether an event or a sweep started the execution for a version that was already rolled out."""
    hooks: dict[str, HookFacts] = Field(default_factory=dict)
    """The functions that the policy names as hooks, by name."""
    history: tuple[PastRollout, ...] = ()
    """The last rollouts of the alias, the newest first."""
    alias_missing_seconds: float = 0
    """How long each try of the execution has found no alias."""
    latest_code_sha256: str = ""
    """The hash of the code of $LATEST, which changes before a version is published."""
    callers: Callers | None = None
    """Who calls the alias; only a dry run reads it."""
    concurrency_in_progress: bool = False
    """Whether Lambda still allocates the alias's provisioned concurrency."""

    @property
    def is_alias_missing(self) -> bool:
        """Whether the alias had rollouts and does not exist: some tools delete it and create it again."""
        return self.alias is None and bool(self.history)

    @property
    def longest_call_seconds(self) -> int:
        """The longest that a call of either version can take, in seconds; 0 if unknown."""
        timeouts = [version.timeout_seconds for version in (self.stable, self.canary) if version]
        return min(max(timeouts, default=0), MAX_TIMEOUT_SECONDS)

    @property
    def is_first_version(self) -> bool:
        """Whether an event reports the first version of a new function, which its alias already serves."""
        if not self.started_by_event or self.alias is None or self.canary is None:
            return False
        return self.canary.version == FIRST_VERSION and self.alias.serves_alone(FIRST_VERSION)

    @property
    def function_arn(self) -> str:
        """The function's ARN."""
        return function_arn(self.target.account_region, self.target.function)

    @property
    def opted_in_alias(self) -> str | None:
        """The alias that the function's tag opts in; None without a valid tag."""
        return tagged_alias(self.tags)

    @property
    def channel(self) -> str | None:
        """The channel that the function's tag names; None without a valid tag."""
        return tagged_channel(self.tags)

    @property
    def tag_problems(self) -> list[str]:
        """One sentence for each problem with the function's `rollout:` tags."""
        return [*tag_problems(self.tags, self.function_arn)]
