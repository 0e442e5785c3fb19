"""What the version sweeps remember about each alias, in one entry of the ledger table."""

from typing import TYPE_CHECKING

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import partition, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Sightings:
    """At most one entry per alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def find(self, target: Target) -> str | None:
        """Return what the sweeps remember about an alias, as JSON; None where no sweep has seen it."""
        return self._table.find(_key(target)).get("sighting")

    def save(self, target: Target, sighting: str) -> None:
        """Remember a sighting, as JSON, in place of the previous one."""
        self._table.update(
            _key(target),
            UpdateExpression="SET sighting = :sighting",
            ExpressionAttributeValues=typed({":sighting": sighting}),
        )


def _key(target: Target) -> dict[str, str]:
    return {"target": partition(target), "entry": "sighting"}


def sightings() -> Sightings:
    """Return what the version sweeps remember."""
    return Sightings(clients.dynamodb_client(), settings.ledger_table())
