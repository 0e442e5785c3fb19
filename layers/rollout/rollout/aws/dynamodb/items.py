"""How the ledger's entries are keyed and written down."""

from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from rollout.domain.identity import Execution, Target

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

OPEN = "open"
"""The attribute, and the index, of what the guardian looks after: rollouts that run, and claims that are held."""


def partition(target: Target) -> str:
    """Return the ledger's partition for an alias."""
    return f"{target.account}/{target.region}/{target.function}/{target.alias}"


def key(target: Target, kind: str, execution: Execution, suffix: str = "") -> dict[str, str]:
    """Return the key of what an execution enters; `suffix` tells its entries of one kind apart."""
    entry = f"{kind}#{stamp(execution.started_at)}#{execution.name}{suffix}"
    return {"target": partition(target), "entry": entry}


def stamp(at: datetime) -> str:
    """Return a moment as the ledger writes it, in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def typed(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as DynamoDB takes it."""
    return {name: _serialize(str(value) if isinstance(value, str) else value) for name, value in item.items()}


def plain(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of DynamoDB's in plain values."""
    return {name: _deserialize(value) for name, value in item.items()}
