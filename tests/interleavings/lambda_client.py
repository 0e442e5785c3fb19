"""Lambda in memory: one function with three versions, its alias, and the stable alias of its rollout.

The alias's revision changes with every write.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tests.interleavings.actors import client_error, current_actor, read_call, write_call

VERSIONS = ("1", "2", "3")
LISTED = ("$LATEST", "$LATEST.PUBLISHED", *VERSIONS)
ANOTHER_WRITER = "another writer"
STABLE_ALIAS = "rollout-stable-live"


class PreconditionFailed(ClientError):  # noqa: N818 - AWS's own name
    """When the alias has another revision than the request."""


class NotFound(ClientError):  # noqa: N818 - AWS's own name
    """When the resource does not exist."""


@dataclass(frozen=True)
class Routing:
    """The versions the alias serves, and who wrote them."""

    version: str
    weights: dict[str, float] = field(default_factory=dict)
    writer: str = "setup"
    """The ARN of an execution, `guardian` or ANOTHER_WRITER."""

    @property
    def unsplit_version(self) -> str | None:
        """The version that the alias serves alone; None for a split alias."""
        return None if self.weights else self.version

    @property
    def served(self) -> tuple[str, dict[str, float]]:
        """What callers meet, apart from who wrote it: the guardian writes a frozen alias again as it is."""
        return self.version, self.weights

    @property
    def versions(self) -> set[str]:
        return {self.version, *self.weights}


class Conflict(ClientError):  # noqa: N818 - AWS's own name
    """When the alias exists."""


class LambdaClient:
    """A Lambda client."""

    exceptions = SimpleNamespace(
        PreconditionFailedException=PreconditionFailed,
        ResourceNotFoundException=NotFound,
        ResourceConflictException=Conflict,
        ProvisionedConcurrencyConfigNotFoundException=NotFound,
    )

    def __init__(self, on_write: Callable[[Routing, Routing], None]) -> None:
        self.history = [Routing("1")]
        self.refuses_writes = False
        self._on_write = on_write
        """Called at each UpdateAlias with the routing before and after it."""
        self.stable_alias: dict[str, str] | None = None
        """The stable alias: its version and its description."""
        self.deleted_for_another = False
        """Whether a late task has deleted the stable alias of another rollout than the one it had read."""
        self._seen: dict[int, str] = {}
        """The description of the stable alias that each actor has read last."""

    @property
    def routing(self) -> Routing:
        """What the alias serves now."""
        return self.history[-1]

    def move(self, routing: Routing) -> None:
        """Change the alias, whatever its revision."""
        self.history.append(routing)

    def get_alias(self, *, Name: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - Lambda's own names, here and below
        response: dict[str, Any] = read_call(self._stable_alias if Name == STABLE_ALIAS else self._alias)
        return response

    def create_alias(self, *, Name: str, FunctionVersion: str, Description: str, **_: Any) -> None:  # noqa: N803
        assert Name == STABLE_ALIAS, f"{Name} was created, but the ledger knows it"
        write_call(lambda: self._create_stable_alias(FunctionVersion, Description))

    def delete_alias(self, *, Name: str, **_: Any) -> None:  # noqa: N803
        assert Name == STABLE_ALIAS, f"{Name} was deleted"
        write_call(self._delete_stable_alias)

    def update_alias(
        self,
        *,
        FunctionVersion: str,  # noqa: N803
        RoutingConfig: dict[str, dict[str, float]],  # noqa: N803
        RevisionId: str,  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        response: dict[str, Any] = write_call(lambda: self._update(FunctionVersion, RoutingConfig, RevisionId))
        return response

    def get_function(self, *, Qualifier: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: N803
        configuration = {"Version": Qualifier or "$LATEST", "State": "Active", "Timeout": 3, "Role": "arn:of:role"}
        tags = {} if Qualifier else {"Tags": {"rollout:alias": "live", "rollout:hook": "true"}}
        return {"Configuration": configuration} | tags

    def get_provisioned_concurrency_config(self, **_: Any) -> None:
        raise client_error("ProvisionedConcurrencyConfigNotFoundException", NotFound)

    def get_paginator(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=lambda **_: iter([self.list_versions_by_function()]))

    def list_versions_by_function(self, **_: Any) -> dict[str, Any]:
        return {"Versions": [{"Version": name} for name in LISTED]}

    def _update(self, version: str, routing: dict[str, dict[str, float]], revision: str) -> dict[str, Any]:
        if self.refuses_writes:
            raise client_error("TooManyRequestsException")
        if revision != self._revision:
            raise client_error("PreconditionFailedException", PreconditionFailed)
        actor = current_actor()
        before = self.routing
        self.move(Routing(version, routing["AdditionalVersionWeights"], actor.owner if actor else "setup"))
        self._on_write(before, self.routing)
        return self._alias()

    @property
    def _revision(self) -> str:
        return f"revision-{len(self.history)}"

    def _alias(self) -> dict[str, Any]:
        weights = self.routing.weights
        routing = {"RoutingConfig": {"AdditionalVersionWeights": weights}} if weights else {}
        return {"FunctionVersion": self.routing.version, "RevisionId": self._revision} | routing

    def _create_stable_alias(self, version: str, description: str) -> None:
        if self.stable_alias is not None:
            raise client_error("ResourceConflictException", Conflict)
        self.stable_alias = {"FunctionVersion": version, "Description": description}

    def _delete_stable_alias(self) -> None:
        if self.stable_alias is not None:
            self.deleted_for_another |= self._seen.get(id(current_actor())) != self.stable_alias["Description"]
        self.stable_alias = None

    def _stable_alias(self) -> dict[str, Any]:
        if self.stable_alias is None:
            raise client_error("ResourceNotFoundException", NotFound)
        self._seen[id(current_actor())] = self.stable_alias["Description"]
        return {"RevisionId": "of-the-stable-alias", **self.stable_alias}
