"""The rollouts for which the guardian looks up who moved their alias.

Partition key as in the ledger; sort key `writer#<start>#<execution>`, only while the search goes on.
"""

from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN, OpenEntry, key, typed
from rollout.aws.dynamodb.table import Table
from rollout.state.writer_search import WriterSearch

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KIND = "writer"


class WriterSearches:
    """At most one entry per rollout. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def begin(self, search: WriterSearch) -> None:
        """Let the next sweeps look for the writer; a repeated call replaces the entry."""
        self._table.update(
            _key(search),
            UpdateExpression="SET #open = :open, search_document = :search",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues=typed({":open": _KIND, ":search": search.model_dump_json()}),
        )

    def find_all(self) -> list[OpenEntry[WriterSearch]]:
        """Return every search, not yet read, from an eventually consistent index."""
        return [OpenEntry(values, _read) for values in self._table.find_open(_KIND)]

    def end(self, search: WriterSearch) -> None:
        """Delete the entry of a search; nothing happens where it does not exist."""
        self._table.delete(_key(search))


def _read(entry: dict[str, Any]) -> WriterSearch:
    return WriterSearch.model_validate_json(entry["search_document"])


def _key(search: WriterSearch) -> dict[str, str]:
    return key(search.target, _KIND, search.execution)


def writer_searches() -> WriterSearches:
    """Return the searches of the guardian."""
    return WriterSearches(clients.dynamodb_client(), settings.ledger_table())
