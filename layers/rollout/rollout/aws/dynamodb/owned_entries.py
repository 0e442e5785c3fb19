"""Entries of the ledger table that have one holder; only the holder may change or delete them (P3)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rollout.aws.dynamodb.items import partition, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Amendment(NamedTuple):
    """A change of an entry that is only made while some of its numbers are as they were read."""

    holder: str
    values: Mapping[str, Any]
    unchanged: Mapping[str, int]
    """A number that the entry does not have is 0."""

    def change(self) -> dict[str, Any]:
        """Return the parameters of UpdateItem, without the key."""
        before = {name: was for name, was in self.unchanged.items() if was}
        absent = [f"attribute_not_exists({name})" for name in self.unchanged if name not in before]
        same = [f"{name} = :before_{name}" for name in before]
        known = {f":before_{name}": was for name, was in before.items()} | {":own": self.holder}
        return {
            "UpdateExpression": f"SET {_assignments(self.values)}",
            "ConditionExpression": " AND ".join(["holder = :own", *absent, *same]),
            "ExpressionAttributeValues": typed(_placeholders(self.values) | known),
        }


class OwnedEntries:
    """One kind of entry, at most one per alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str, kind: str) -> None:
        self._table = Table(client, table)
        self._kind = kind

    def find(self, target: Target) -> dict[str, Any]:
        """Return the entry of an alias by a consistent read; empty where there is none."""
        return self._table.find(self._key(target))

    def put(self, target: Target, values: dict[str, str], holder: str) -> bool:
        """Create the entry for its holder; False where the alias already has one."""
        item = self._key(target) | values | {"holder": holder}
        return self._table.put(item, ConditionExpression="attribute_not_exists(entry)")

    def replace(self, target: Target, values: dict[str, str], holder: str) -> None:
        """Create the entry for its holder, in place of any other holder's."""
        self._table.put(self._key(target) | values | {"holder": holder})

    def change(self, target: Target, values: dict[str, str], holders: list[str]) -> bool:
        """Set some values of the entry; False where none of these holders has it."""
        condition, holder_values = _held_by(holders)
        return self._table.update(
            self._key(target),
            UpdateExpression=f"SET {_assignments(values)}",
            ConditionExpression=condition,
            ExpressionAttributeValues=typed(_placeholders(values) | holder_values),
        )

    def amend(self, target: Target, amendment: Amendment) -> bool:
        """Amend the entry; False where the holder does not have it, or one of the numbers has changed."""
        return self._table.update(self._key(target), **amendment.change())

    def amend_and_put(self, target: Target, amendment: Amendment, item: dict[str, Any]) -> bool:
        """Amend the entry and create another item, both or neither; False also where the other item exists."""
        return self._table.update_and_put(self._key(target), amendment.change(), item)

    def count(self, target: Target, name: str) -> bool:
        """Add one to a number of the entry of any holder; False where there is no entry."""
        return self._table.update(
            self._key(target),
            UpdateExpression=f"ADD {name} :one",
            ConditionExpression="attribute_exists(entry)",
            ExpressionAttributeValues=typed({":one": 1}),
        )

    def remove(self, target: Target, name: str, holder: str) -> bool:
        """Remove a value of the entry; False where the holder does not have it."""
        condition, holder_values = _held_by([holder])
        return self._table.update(
            self._key(target),
            UpdateExpression=f"REMOVE {name}",
            ConditionExpression=condition,
            ExpressionAttributeValues=typed(holder_values),
        )

    def announce(self, target: Target, values: dict[str, str], holder: str, write_number: int) -> dict[str, Any] | None:
        """Set some values of the entry for a write, and count it; return the entry as it was before.

        None where this holder does not have the entry, or has announced a write with a higher number.
        """
        new_values = values | {"write_number": write_number}
        return self._table.exchange(
            self._key(target),
            UpdateExpression=f"SET {_assignments(new_values)} ADD announcements :one",
            ConditionExpression="holder = :own AND attribute_not_exists(write_number)"
            " OR holder = :own AND write_number <= :write_number",
            ExpressionAttributeValues=typed(_placeholders(new_values) | {":own": holder, ":one": 1}),
        )

    def confirm(self, target: Target, holder: str, announcements: int) -> bool:
        """Whether this holder has the entry, and has announced nothing since this many announcements."""
        return self._table.update(
            self._key(target),
            UpdateExpression="SET announcements = :announcements",
            ConditionExpression="holder = :own AND announcements = :announcements",
            ExpressionAttributeValues=typed({":own": holder, ":announcements": announcements}),
        )

    def delete(self, target: Target, holder: str) -> bool:
        """Delete the entry; False where this holder does not have it."""
        condition, holder_values = _held_by([holder])
        return self._table.delete(
            self._key(target), ConditionExpression=condition, ExpressionAttributeValues=typed(holder_values)
        )

    def _key(self, target: Target) -> dict[str, str]:
        return {"target": partition(target), "entry": self._kind}


def _assignments(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = :{name}" for name in values)


def _placeholders(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f":{name}": value for name, value in values.items()}


def _held_by(holders: list[str]) -> tuple[str, dict[str, str]]:
    """Return the condition that one of the holders has the entry, and the values of its placeholders."""
    values = {f":own{number}": holder for number, holder in enumerate(holders)}
    return f"holder IN ({', '.join(values)})", values
