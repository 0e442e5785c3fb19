"""The entries of the ledger that have one owner: each is changed and deleted by its holder alone (P3)."""

from typing import TYPE_CHECKING, Any

from rollout.aws.dynamodb.items import partition, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Entries:
    """One kind of entry, at most one for each alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str, kind: str) -> None:
        self._table = Table(client, table)
        self._kind = kind

    def find(self, target: Target) -> dict[str, Any]:
        """Return an alias's entry as it is this moment; empty where there is none."""
        return self._table.find(self._key(target))

    def put(self, target: Target, values: dict[str, str], holder: str) -> bool:
        """Enter it for its holder; False where there is one already, whoever has it."""
        item = self._key(target) | values | {"holder": holder}
        return self._table.put(item, ConditionExpression="attribute_not_exists(entry)")

    def replace(self, target: Target, values: dict[str, str], holder: str) -> None:
        """Enter it for its holder, whoever had it."""
        self._table.put(self._key(target) | values | {"holder": holder})

    def change(self, target: Target, values: dict[str, str], holders: list[str]) -> bool:
        """Set some of its values; False where none of these holds it."""
        condition, named = _held_by(holders)
        values_named = {f":{name}": value for name, value in values.items()}
        return self._table.update(
            self._key(target),
            UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values),
            ConditionExpression=condition,
            ExpressionAttributeValues=typed(values_named | named),
        )

    def delete(self, target: Target, holder: str) -> bool:
        """Delete it; False where this one does not hold it."""
        condition, named = _held_by([holder])
        return self._table.delete(
            self._key(target), ConditionExpression=condition, ExpressionAttributeValues=typed(named)
        )

    def _key(self, target: Target) -> dict[str, str]:
        return {"target": partition(target), "entry": self._kind}


def _held_by(holders: list[str]) -> tuple[str, dict[str, str]]:
    """Return the condition that the entry belongs to one of these, and the values it speaks of."""
    named = {f":own{number}": holder for number, holder in enumerate(holders)}
    return f"holder IN ({', '.join(named)})", named
