"""What the dashboard reads of the ledger, and the status that each evaluation leaves there for it.

The index `open` holds the rollouts that have not ended and the locks, the index `ended` the rollouts that have, by the
time of their ending. Both are eventually consistent.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.dynamodb.items import ENDED, OPEN_ROLLOUT, key, plain, typed
from rollout.aws.dynamodb.lock_items import read_lock
from rollout.aws.dynamodb.table import Table
from rollout.state.dashboard.status import Status
from rollout.state.lock import Lock
from rollout.state.rollout import Rollout

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Entry = dict[str, Any]

_NOT_NEWER = "outcome = :running AND attribute_not_exists(evaluations) OR outcome = :running AND evaluations <= :number"

_MOST_COMMANDS = 200


class ShownRollouts:
    """The ledger as the dashboard shows it. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._name = table
        self._table = Table(client, table)

    def record_status(self, rollout: Rollout, status: Status) -> None:
        """Record where a rollout stands; nothing happens where it has ended, or a later evaluation was recorded."""
        values = {":status": status.model_dump_json(), ":number": status.number, ":running": "running"}
        self._table.update(
            key(rollout.target, "rollout", rollout.execution),
            UpdateExpression="SET status_document = :status, evaluations = :number",
            ConditionExpression=_NOT_NEWER,
            ExpressionAttributeValues=typed(values),
        )

    def find_live(self) -> list[Entry]:
        """Return the entries of every rollout that has not ended, and of every version that waits for its turn."""
        return self._table.find_open(OPEN_ROLLOUT)

    def find_locks(self) -> dict[str, Lock]:
        """Return every lock that is held and can be read, by the partition key of its alias."""
        return dict(_readable(self._table.find_open("lock")))

    def find_endings(self, limit: int) -> list[Entry]:
        """Return the rollouts that ended last, the last first."""
        with translate_aws_errors("reading the ledger"):
            answer = self._client.query(
                TableName=self._name,
                IndexName=ENDED,
                KeyConditionExpression="#ended = :kind",
                ExpressionAttributeNames={"#ended": ENDED},
                ExpressionAttributeValues=typed({":kind": OPEN_ROLLOUT}),
                ScanIndexForward=False,
                Limit=limit,
            )
        return [plain(item) for item in answer["Items"]]

    def find_rollout(self, partition_key: str, entry: str) -> Entry:
        """Return the entry of a rollout by its key; empty where there is none."""
        return self._table.find({"target": partition_key, "entry": entry})

    def find_lock(self, partition_key: str) -> Lock | None:
        """Return the lock of an alias; None where no rollout holds it, or it cannot be read."""
        entry = self._table.find({"target": partition_key, "entry": "lock"})
        return next((lock for _, lock in _readable([entry] if entry else [])), None)

    def find_evaluations(self, partition_key: str, rollout_entry: str) -> list[Entry]:
        """Return every evaluation of a rollout, in order. A query returns about a thousand of them at once."""
        prefix = f"{rollout_entry.replace('rollout#', 'evaluation#', 1)}#"
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="target = :target AND begins_with(entry, :prefix)",
            ExpressionAttributeValues=typed({":target": partition_key, ":prefix": prefix}),
        )
        with translate_aws_errors("reading the ledger"):
            return [plain(item) for page in pages for item in page["Items"]]

    def find_commands(self, partition_key: str, execution_arn: str) -> list[Entry]:
        """Return the commands that a rollout has taken, of the newest 200 of its alias, in order."""
        newest = self._table.newest(partition_key, "command#", _MOST_COMMANDS)
        return [entry for entry in reversed(newest) if entry.get("rollout_execution") == execution_arn]


def _readable(entries: list[Entry]) -> Iterator[tuple[str, Lock]]:
    for entry in entries:
        try:
            yield entry["target"], read_lock(entry)
        except (ValidationError, KeyError):
            continue


def shown_rollouts() -> ShownRollouts:
    """Return the ledger as the dashboard shows it."""
    return ShownRollouts(clients.dynamodb_client(), settings.ledger_table())
