"""The rollouts that a person or a pipeline started, and of which it is not known yet who did (P11).

Partition key as in the ledger; sort key `starter#<start>#<execution>`, only while the search goes on.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN, key
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Execution, Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KIND = "starter"


class StarterEntry(NamedTuple):
    """An entry of the index. Reading it may raise ValidationError, which must not hide the other entries."""

    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The alias and the execution, as the entry's key."""
        return f"{self.values['target']}/{self.values['entry']}"

    def read(self) -> tuple[Target, Execution]:
        """Return the alias and the execution of the rollout."""
        execution = Execution.model_validate_json(self.values["execution_document"])
        return Target.model_validate_json(self.values["target_document"]), execution


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

    def find_all(self) -> list[StarterEntry]:
        """Return every search, not yet read, from an eventually consistent index."""
        return [StarterEntry(values) for values in self._table.find_open(_KIND)]

    def end(self, target: Target, execution: Execution) -> None:
        """Delete the entry of a search; nothing happens where it does not exist."""
        self._table.delete(key(target, _KIND, execution))


def starter_searches() -> StarterSearches:
    """Return the searches of the guardian."""
    return StarterSearches(clients.dynamodb_client(), settings.ledger_table())
