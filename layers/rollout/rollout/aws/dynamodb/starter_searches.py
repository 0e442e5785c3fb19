"""The rollouts that a person or a pipeline started, and of which it is not known yet who did (P11).

Partition key as in the ledger; sort key `starter#<start>#<execution>`, only while the search goes on.
"""

from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN, OpenEntry, key
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Execution, Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KIND = "starter"


class StarterSearches:
    """At most one entry per rollout. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def begin(self, target: Target, execution: Execution) -> None:
        """Let the next sweeps look for who started an execution; a repeated call replaces the entry."""
        documents = {
            "target_document": target.model_dump_json(),
            "execution_document": execution.model_dump_json(),
            OPEN: _KIND,
        }
        self._table.put(key(target, _KIND, execution) | documents)

    def find_all(self) -> list[OpenEntry[tuple[Target, Execution]]]:
        """Return every search, not yet read, from an eventually consistent index."""
        return [OpenEntry(values, _read) for values in self._table.find_open(_KIND)]

    def end(self, target: Target, execution: Execution) -> None:
        """Delete the entry of a search; nothing happens where it does not exist."""
        self._table.delete(key(target, _KIND, execution))


def _read(entry: dict[str, Any]) -> tuple[Target, Execution]:
    execution = Execution.model_validate_json(entry["execution_document"])
    return Target.model_validate_json(entry["target_document"]), execution


def starter_searches() -> StarterSearches:
    """Return the searches of the guardian."""
    return StarterSearches(clients.dynamodb_client(), settings.ledger_table())
