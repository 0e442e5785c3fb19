"""The newest queued version of each alias."""

from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN, OPEN_LOCK, QUEUE, OpenEntry, stamp, target_of
from rollout.aws.dynamodb.owned_entries import OwnedEntries
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Execution, Target
from rollout.state.lock import QueuedVersion

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Queue:
    """At most one queued version per alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._entries = OwnedEntries(client, table, QUEUE)
        self._table = Table(client, table)

    def join(self, target: Target, queued: QueuedVersion) -> None:
        """Queue a version for an alias, in place of the version queued before."""
        values = {"queued": queued.model_dump_json(), "seen_at": stamp(queued.seen_at), OPEN: OPEN_LOCK}
        self._entries.replace(target, values, queued.holder.arn)

    def find(self, target: Target) -> QueuedVersion | None:
        """Return the newest queued version of an alias, even if it has stopped waiting; None where there is none."""
        entry = self._entries.find(target)
        return QueuedVersion.model_validate_json(entry["queued"]) if entry else None

    def find_all(self) -> list[OpenEntry[tuple[Target, Execution]]]:
        """Return every queued version by alias and execution, not yet read, from an eventually consistent index."""
        found = self._table.find_open(OPEN_LOCK)
        return [OpenEntry(values, _read) for values in found if values["entry"] == QUEUE]

    def leave(self, target: Target, holder: Execution) -> None:
        """Remove the version that this execution queued; nothing happens where another one is queued."""
        self._entries.delete(target, holder.arn)


def _read(entry: dict[str, Any]) -> tuple[Target, Execution]:
    return target_of(entry), QueuedVersion.model_validate_json(entry["queued"]).holder


def queue() -> Queue:
    """Return the queue of each alias."""
    return Queue(clients.dynamodb_client(), settings.ledger_table())
