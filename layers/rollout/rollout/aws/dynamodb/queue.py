"""The newest version that waits for each alias."""

from typing import TYPE_CHECKING

from rollout.aws.dynamodb.items import stamp
from rollout.aws.dynamodb.owned_entries import Entries
from rollout.domain.identity import Execution, Target
from rollout.state.lock import QueuedVersion

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Queue:
    """At most one for each alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._entries = Entries(client, table, "queue")

    def enter(self, target: Target, waiting: QueuedVersion) -> None:
        """Enter the version that waits for an alias, in place of the one that did."""
        values = {"queued": waiting.model_dump_json(), "seen_at": stamp(waiting.seen_at)}
        self._entries.replace(target, values, waiting.holder.arn)

    def find(self, target: Target) -> QueuedVersion | None:
        """Return the newest version that waits for an alias, or did."""
        entry = self._entries.find(target)
        return QueuedVersion.model_validate_json(entry["queued"]) if entry else None

    def leave(self, target: Target, holder: Execution) -> None:
        """Take a version's own entry out."""
        self._entries.delete(target, holder.arn)
