"""How many rollouts are live in each account and region, as the guardian last counted, in one entry for each."""

from datetime import datetime
from typing import TYPE_CHECKING

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import stamp, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import AccountRegion

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class LiveCounts:
    """At most one count per account and region. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def record(self, account_region: AccountRegion, count: int, now: datetime) -> None:
        """Record how many rollouts are live now, in place of the previous count."""
        self._table.update(
            _key(account_region),
            UpdateExpression="SET live = :live, counted_at = :counted_at",
            ExpressionAttributeValues=typed({":live": count, ":counted_at": stamp(now)}),
        )

    def find(self, account_region: AccountRegion) -> tuple[int, datetime] | None:
        """Return the last count and its time; None where so many have never been live."""
        entry = self._table.find(_key(account_region))
        return (int(entry["live"]), datetime.fromisoformat(entry["counted_at"])) if entry else None


def _key(account_region: AccountRegion) -> dict[str, str]:
    return {"target": f"guardian/live/{account_region.account}/{account_region.region}", "entry": "count"}


def live_counts() -> LiveCounts:
    """Return the counts of the guardian."""
    return LiveCounts(clients.dynamodb_client(), settings.ledger_table())
