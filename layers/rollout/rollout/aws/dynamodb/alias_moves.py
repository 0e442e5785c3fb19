"""The moves of each alias by other writers, and the periods in which a rollout held it.

Partition key as in the ledger; sort key `move#<time>#<CloudTrail's id>`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.dynamodb.items import partition, plain, stamp, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.enums import Outcome
from rollout.domain.identity import Target
from rollout.state.alias_move import AliasMove, RolloutPeriod

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_NEWEST_ROLLOUTS = 20


class AliasMoves:
    """What the ledger knows about who moved an alias when. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._name = table
        self._table = Table(client, table)

    def record(self, move: AliasMove) -> None:
        """Record a move; a repeated one replaces itself."""
        values = {"at": stamp(move.at), "writer": move.writer, "move": move.model_dump_json()}
        self._table.put({"target": partition(move.target), "entry": f"{_moves_at(move.at)}#{move.event_id}"} | values)

    def find_last_before(self, target: Target, at: datetime) -> AliasMove | None:
        """Return the newest recorded move before this time; None where there is none."""
        newest = self._newest(
            target, "entry BETWEEN :from AND :until", 1, **{":from": "move#", ":until": _moves_at(at)}
        )
        return AliasMove.model_validate_json(newest[0]["move"]) if newest else None

    def rollout_periods(self, target: Target) -> list[RolloutPeriod]:
        """Return when the newest rollouts held the alias, the newest first."""
        entries = self._newest(target, "begins_with(entry, :rollouts)", _NEWEST_ROLLOUTS, **{":rollouts": "rollout#"})
        return [_period(entry) for entry in entries if "started_at" in entry]

    def _newest(self, target: Target, condition: str, limit: int, **values: str) -> list[dict[str, Any]]:
        with translate_aws_errors("reading the ledger"):
            answer = self._client.query(
                TableName=self._name,
                KeyConditionExpression=f"target = :target AND {condition}",
                ExpressionAttributeValues=typed({":target": partition(target), **values}),
                ScanIndexForward=False,
                Limit=limit,
                ConsistentRead=True,
            )
        return [plain(item) for item in answer["Items"]]


def _moves_at(at: datetime) -> str:
    return f"move#{stamp(at)}"


def _period(entry: dict[str, Any]) -> RolloutPeriod:
    served = {Outcome.PROMOTED: "canary_version", Outcome.ROLLED_BACK: "stable_version"}
    return RolloutPeriod(
        began_at=entry.get("began_at", entry["started_at"]),
        ended_at=entry.get("ended_at"),
        served=entry.get(served.get(entry["outcome"], "")),
    )


def alias_moves() -> AliasMoves:
    """Return what the ledger knows about the moves of aliases."""
    return AliasMoves(clients.dynamodb_client(), settings.ledger_table())
