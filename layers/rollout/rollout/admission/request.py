"""The request of an execution, before and after its policy is known."""

from datetime import datetime
from typing import Any

from rollout.auto.plan import AutoPlan
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.models import Value
from rollout.policy.policy import Policy
from rollout.state.releases.part import ReleasePart

DEFAULT_ALIAS = "live"


class RolloutRequest(Value):
    """A request with its policy. None means that the orchestrator chooses."""

    account_region: AccountRegion
    function: str
    alias: str | None
    version: str | None
    policy: Policy
    policy_source: str = ""
    is_back: bool = False
    """Whether the alias returns to an earlier version; without `version`, to the last one that it served before."""
    override_freeze: str = ""
    """Why the rollout overrides freezes and windows; empty where it does not."""
    published_at: datetime | None = None
    """When the version was published; None if the request does not say it."""
    release: ReleasePart | None = None
    """The release that the rollout is a part of, if any."""
    auto: AutoPlan | None = None
    """What `steps: Auto` chose; `policy` then has its steps."""
    unreadable_fields: frozenset[str] = frozenset()
    """The fields that were refused. Their values are placeholders, which are not checked against the facts."""

    def target(self, tagged_alias: str | None) -> Target:
        """Return the requested alias, else the one that the function's tag names, else `live`."""
        alias = self.alias or tagged_alias or DEFAULT_ALIAS
        return Target(**dict(self.account_region), function=self.function, alias=alias)


class ParsedRequest(Value):
    """The fields of an execution's input. The policy is not validated yet: it is JSON, a name or None."""

    account_region: AccountRegion
    function: str | None = None
    """None if the field is unreadable."""
    alias: str | None = None
    version: str | None = None
    is_back: bool = False
    override_freeze: str = ""
    published_at: datetime | None = None
    release: ReleasePart | None = None
    policy: Any = None
    unreadable_fields: frozenset[str] = frozenset()

    def with_policy(self, policy: Policy, source: str) -> RolloutRequest:
        """Return the request with its validated policy; without a policy of its own, it returns at once."""
        if self.is_back and self.policy is None:
            policy, source = policy.at_once(), f"{source}, without its steps"
        return RolloutRequest(**dict(self) | {"policy": policy}, policy_source=source)

    def without(self, field: str) -> "ParsedRequest":
        """Return the request without a field that is refused."""
        return self.model_copy(update={field: None, "unreadable_fields": self.unreadable_fields | {field}})
