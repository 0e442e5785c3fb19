"""What PrepareRollout finds before it answers a request."""

from pydantic import Field

from rollout.admission.tags import tag_problems, tagged_alias
from rollout.domain.enums import AlarmState
from rollout.domain.identity import Target
from rollout.domain.lambda_names import function_arn
from rollout.domain.models import Value
from rollout.state.alias import AliasState
from rollout.state.lock import Lock, QueuedVersion

FIRST_VERSION = "1"
"""Lambda counts a function's versions from 1, and uses no number twice."""


class VersionFacts(Value):
    """A published version as Lambda describes it."""

    version: str
    state: str
    state_reason: str = ""
    role: str
    dead_letter_target: str | None = None


class FunctionFacts(Value):
    """A function, the versions and the alias a request is about; None for what does not exist."""

    target: Target
    tags: dict[str, str] = Field(default_factory=dict)
    newest_version: str | None = None
    alias: AliasState | None = None
    stable: VersionFacts | None = None
    canary: VersionFacts | None = None
    alarms: dict[str, AlarmState] = Field(default_factory=dict)
    """What the alarms show that the policy names."""
    p99_ms: float | None = None
    """The alias's usual p99 in milliseconds, where the policy measures slow calls by it."""
    lock: Lock | None = None
    """Who holds the alias."""
    queued: QueuedVersion | None = None
    """Who waits for it."""
    started_by_event: bool = False
    """Whether an event or a sweep asks, and no person."""
    rolled_out_before: bool = False
    """Whether this is a repeated start, by no person's wish, of a version that was rolled out already."""
    concurrency_in_progress: bool = False
    """Whether Lambda is still allocating the alias's provisioned concurrency."""

    @property
    def is_first_version(self) -> bool:
        """Whether a new function tells of its first version, which its alias was made with."""
        if not self.started_by_event or self.alias is None or self.canary is None:
            return False
        return self.canary.version == FIRST_VERSION and self.alias.serves_alone(FIRST_VERSION)

    @property
    def opted_in_alias(self) -> str | None:
        """The alias the tag hands over to us; None without the tag, or where it names none."""
        return tagged_alias(self.tags)

    @property
    def tag_problems(self) -> list[str]:
        """A sentence for all that is wrong with the function's tags of ours."""
        return [*tag_problems(self.tags, function_arn(self.target.account_region, self.target.function))]
