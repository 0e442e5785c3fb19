"""Lambda in memory: one function with three versions, and its alias, whose revision changes with every write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tests.interleavings.actors import at_work, read, refusal, written

VERSIONS = ("1", "2", "3")


class PreconditionFailed(ClientError):  # noqa: N818 - AWS's own word
    """When the alias has another revision by now."""


class NotFound(ClientError):  # noqa: N818 - AWS's own word
    """When there is no such thing."""


@dataclass(frozen=True)
class Pointing:
    """Where the alias points, and by whose hand."""

    version: str
    weights: dict[str, float] = field(default_factory=dict)
    by: str = "nobody"
    """An execution, the `guardian`, a `stranger`."""

    @property
    def alone(self) -> str | None:
        """The version that is served alone, if one is."""
        return None if self.weights else self.version

    @property
    def versions(self) -> set[str]:
        return {self.version, *self.weights}


class Functions:
    """A Lambda client."""

    exceptions = SimpleNamespace(
        PreconditionFailedException=PreconditionFailed,
        ResourceNotFoundException=NotFound,
        ResourceConflictException=type("Conflict", (ClientError,), {}),
        ProvisionedConcurrencyConfigNotFoundException=NotFound,
    )

    def __init__(self, seen: Callable[[Pointing, Pointing], None]) -> None:
        self.history = [Pointing("1")]
        self.refuses_writes = False
        self._seen = seen
        """Is told of each write: before and after."""

    @property
    def now(self) -> Pointing:
        return self.history[-1]

    def move(self, pointing: Pointing) -> None:
        """Point the alias somewhere, whatever its revision."""
        self.history.append(pointing)

    def get_alias(self, **_: Any) -> dict[str, Any]:
        return read(self._shown)

    def update_alias(
        self,
        *,
        FunctionVersion: str,  # noqa: N803 - Lambda's own words, here and below
        RoutingConfig: dict[str, dict[str, float]],  # noqa: N803
        RevisionId: str,  # noqa: N803
        **_: Any,
    ) -> dict[str, Any]:
        return written(lambda: self._update(FunctionVersion, RoutingConfig, RevisionId))

    def get_function(self, *, Qualifier: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        configuration = {"Version": Qualifier, "State": "Active", "Role": "arn:of:role"}
        return {"Configuration": configuration, "Tags": {"rollout:alias": "live"}}

    def get_provisioned_concurrency_config(self, **_: Any) -> None:
        raise refusal("ProvisionedConcurrencyConfigNotFoundException", NotFound)

    def get_paginator(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=self._versions)

    def _versions(self, **_: Any) -> Iterator[dict[str, Any]]:
        yield {"Versions": [{"Version": one, "LastModified": "2026-03-01T11:00:00.000+0000"} for one in VERSIONS]}

    def _update(self, version: str, routing: dict[str, dict[str, float]], revision: str) -> dict[str, Any]:
        if self.refuses_writes:
            raise refusal("TooManyRequestsException")
        if revision != self._revision:
            raise refusal("PreconditionFailedException", PreconditionFailed)
        actor = at_work()
        before = self.now
        self.move(Pointing(version, routing["AdditionalVersionWeights"], actor.owner if actor else "nobody"))
        self._seen(before, self.now)
        return self._shown()

    @property
    def _revision(self) -> str:
        return f"revision-{len(self.history)}"

    def _shown(self) -> dict[str, Any]:
        routing = {"RoutingConfig": {"AdditionalVersionWeights": self.now.weights}} if self.now.weights else {}
        return {"FunctionVersion": self.now.version, "RevisionId": self._revision} | routing
