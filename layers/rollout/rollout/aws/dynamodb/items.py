"""The keys and the item format of the ledger table."""

from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from rollout.domain.identity import Execution, Target

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

OPEN = "open"
"""The attribute and the index of the entries that the guardian checks: running rollouts, held locks, and
searches for a writer."""


def partition(target: Target) -> str:
    """Return the partition key of an alias."""
    return f"{target.account}/{target.region}/{target.function}/{target.alias}"


def key(target: Target, kind: str, execution: Execution, suffix: str = "") -> dict[str, str]:
    """Return the key of an execution's entry; `suffix` distinguishes several entries of one kind."""
    entry = f"{kind}#{stamp(execution.started_at)}#{execution.name}{suffix}"
    return {"target": partition(target), "entry": entry}


def stamp(at: datetime) -> str:
    """Return a timestamp in UTC with milliseconds, such as `2026-03-01T12:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def typed(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item in DynamoDB's typed format."""
    return {name: _serialize(str(value) if isinstance(value, str) else value) for name, value in item.items()}


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Return the plain values of an item in DynamoDB's typed format."""
    return {name: _deserialize(value) for name, value in item.items()}
