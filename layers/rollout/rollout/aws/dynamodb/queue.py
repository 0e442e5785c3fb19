"""The newest version that waits for each alias."""

from typing import TYPE_CHECKING

from rollout.aws.dynamodb.items import stamp
from rollout.aws.dynamodb.owned_entries import Entries
from rollout.domain.identity import Execution, Target
from rollout.state.lock import Waiting

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class WaitingVersions:
    """At most one for each alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._entries = Entries(client, table, "waiting")

    def enter(self, target: Target, waiting: Waiting) -> None:
        """Enter the version that waits for an alias, in place of the one that did."""
        values = {"waiting": waiting.model_dump_json(), "seen_at": stamp(waiting.seen_at)}
        self._entries.replace(target, values, waiting.holder.arn)

    def find(self, target: Target) -> Waiting | None:
        """Return the newest version that waits for an alias, or did."""
        entry = self._entries.find(target)
        return Waiting.model_validate_json(entry["waiting"]) if entry else None

    def leave(self, target: Target, holder: Execution) -> None:
        """Take a version's own entry out."""
        self._entries.delete(target, holder.arn)
