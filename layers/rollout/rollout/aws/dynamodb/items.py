"""The keys and the item format of the ledger table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from rollout.domain.identity import Execution, Target

Document = TypeVar("Document")


class _Deserializer(TypeDeserializer):
    """Reads a Binary as bytes: boto3's own type raises an error where it is written as text."""

    def _deserialize_b(self, value: bytes) -> bytes:
        return value


_serialize = TypeSerializer().serialize
_deserialize = _Deserializer().deserialize

OPEN = "open"
"""The attribute and the index of the entries that the guardian checks: held locks, running rollouts, and searches for
who moved an alias, gave a command or started a rollout. The dashboard also finds queued versions by it."""

OPEN_LOCK = "lock"
"""The value of `open` where a rollout holds the lock of an alias, and where versions wait for it, or for a release."""

ROLLOUT = "rollout"
"""The value of `open` where a rollout runs, and of `ended` where one has ended."""

QUEUE = "queue"
"""The sort key of the version that waits for an alias."""

WAITING = "waiting"
"""The sort key of the versions that wait for a release by the value of a tag."""

ENDED = "ended"
"""The attribute and the index of the rollouts that have ended, in the order of their endings."""


@dataclass(frozen=True)
class OpenEntry(Generic[Document]):
    """An entry of the index. Reading it may raise ValidationError, which must not hide the other entries."""

    values: dict[str, Any]
    parse: Callable[[dict[str, Any]], Document]

    @property
    def name(self) -> str:
        """The alias and the execution, as the entry's key."""
        return f"{self.values['target']}/{self.values['entry']}"

    def read(self) -> Document:
        """Return what the entry holds."""
        return self.parse(self.values)


def partition(target: Target) -> str:
    """Return the partition key of an alias."""
    return f"{target.account}/{target.region}/{target.function}/{target.alias}"


def target_of(entry: dict[str, Any]) -> Target:
    """Return the alias of an entry."""
    account, region, function, alias = entry["target"].split("/")
    return Target(account=account, region=region, function=function, alias=alias)


def key(target: Target, kind: str, execution: Execution, suffix: str = "") -> dict[str, str]:
    """Return the key of an execution's entry; `suffix` distinguishes several entries of one kind."""
    entry = f"{kind}#{stamp(execution.started_at)}#{execution.name}{suffix}"
    return {"target": partition(target), "entry": entry}


def stamp(at: datetime) -> str:
    """Return a timestamp in UTC with milliseconds, such as `2026-03-01T12:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamps(**times: datetime | None) -> dict[str, str]:
    """Return the timestamps of the times that are known."""
    return {name: stamp(at) for name, at in times.items() if at}


def typed(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item in DynamoDB's typed format."""
    return {name: _serialize(str(value) if isinstance(value, str) else value) for name, value in item.items()}


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Return the plain values of an item in DynamoDB's typed format."""
    return {name: _deserialize(value) for name, value in item.items()}
