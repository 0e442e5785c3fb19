"""What PrepareRollout finds before it answers a request."""

from math import isclose

from pydantic import Field

from rollout.claim import Claim, Waiting
from rollout.function_name import function_arn
from rollout.place import Target
from rollout.tags import tag_problems, tagged_alias
from rollout.value import Value
from rollout.words import Colour

FIRST_VERSION = "1"
"""Lambda counts a function's versions from 1, and uses no number twice."""


class AliasState(Value):
    """Where an alias points. `shares` are percents of further versions; empty when it serves one alone."""

    version: str
    revision_id: str
    shares: dict[str, float] = Field(default_factory=dict)
    description: str = ""

    def serves(self, version: str, shares: dict[str, float]) -> bool:
        """Whether it points at this version with these shares, give or take what weights are rounded by."""
        same_versions = (self.version, self.shares.keys()) == (version, shares.keys())
        return same_versions and all(isclose(shares[other], self.shares[other], abs_tol=0.001) for other in shares)

    def serves_alone(self, version: str) -> bool:
        """Whether every call reaches this version. A share of 0 percent reaches nobody, but is no whole alias."""
        return self.version == version and not self.shares

    def say(self) -> str:
        """Return the alias in words, such as `version 3 with 10 % to version 4`."""
        shares = "".join(f" with {percent:g} % to version {version}" for version, percent in self.shares.items())
        return f"version {self.version}{shares}"


class VersionFacts(Value):
    """A published version as Lambda describes it."""

    version: str
    state: str
    state_reason: str = ""
    role: str
    dead_letter: str | None = None


class FunctionFacts(Value):
    """A function, the versions and the alias a request is about; None for what does not exist."""

    target: Target
    tags: dict[str, str] = Field(default_factory=dict)
    newest_version: str | None = None
    alias: AliasState | None = None
    stable: VersionFacts | None = None
    canary: VersionFacts | None = None
    alarms: dict[str, Colour] = Field(default_factory=dict)
    """What the alarms show that the policy names."""
    p99_ms: float | None = None
    """The alias's usual p99 in milliseconds, where the policy measures slow calls by it."""
    claim: Claim | None = None
    """Who holds the alias."""
    waiting: Waiting | None = None
    """Who waits for it."""
    asked_by_event: bool = False
    """Whether an event or a sweep asks, and no person."""
    rolled_out_before: bool = False
    """Whether this is a repeated start, by no person's wish, of a version that was rolled out already."""
    capacity_moving: bool = False
    """Whether Lambda is still allocating the alias's provisioned concurrency."""

    @property
    def is_first_of_its_function(self) -> bool:
        """Whether a new function tells of its first version, which its alias was made with."""
        if not self.asked_by_event or self.alias is None or self.canary is None:
            return False
        return self.canary.version == FIRST_VERSION and self.alias.serves_alone(FIRST_VERSION)

    @property
    def opted_in_alias(self) -> str | None:
        """The alias the tag hands over to us; None without the tag, or where it names none."""
        return tagged_alias(self.tags)

    @property
    def tag_problems(self) -> list[str]:
        """A sentence for all that is wrong with the function's tags of ours."""
        return [*tag_problems(self.tags, function_arn(self.target.place, self.target.function))]
