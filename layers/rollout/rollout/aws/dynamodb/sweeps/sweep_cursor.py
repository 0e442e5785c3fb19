"""Where a sweep ran out of time: the target with which its next run begins, so that no target is always the last."""

from typing import TYPE_CHECKING

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import typed
from rollout.aws.dynamodb.table import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class SweepCursor:
    """One entry per sweep, only while a sweep is incomplete. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def take(self, sweep: str) -> str:
        """Return the name of the target with which the sweep begins, and forget it; empty where it was complete."""
        entry = self._table.find(_key(sweep))
        if entry:
            self._table.delete(_key(sweep))
        return str(entry.get("first", ""))

    def put(self, sweep: str, first: str) -> None:
        """Remember the target with which the next run of the sweep begins."""
        values = typed({":first": first})
        self._table.update(
            _key(sweep),
            UpdateExpression="SET #first = :first",
            ExpressionAttributeValues=values,
            ExpressionAttributeNames={"#first": "first"},
        )


def _key(sweep: str) -> dict[str, str]:
    return {"target": f"guardian/{sweep}", "entry": "cursor"}


def sweep_cursor() -> SweepCursor:
    """Return where the sweeps stopped."""
    return SweepCursor(clients.dynamodb_client(), settings.ledger_table())
