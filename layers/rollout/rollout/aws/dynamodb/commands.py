"""The commands that rollouts have taken (P11).

Partition key as in the ledger; sort key `command#<start>#<execution of the command>`, and for a button of the dashboard
`command#<time>#<ID of the Lambda request>`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN, OpenEntry, key, partition, stamp, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Execution, Target
from rollout.state.commands.record import CommandRecord
from rollout.state.commands.source import CommandSource

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KIND = "command"
_MOST_REPEATED = 50
"""How many of an alias's newest commands are read to find that of a repeated request."""
_UNKNOWN_GIVER = "CloudTrail does not name who gave the command"


class Commands:
    """The commands in the ledger. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def find(self, target: Target, source: CommandSource) -> CommandRecord | None:
        """Return the command that an execution or a button gave; None where no rollout has taken it.

        An execution has one start. A request that Lambda repeats comes at another time, so it is found by its ID.
        """
        if source.stated_by:
            entries = self.last_commands(target, _MOST_REPEATED)
            return next((_read(entry) for entry in entries if entry.get("request_id") == source.id), None)
        entry = self._table.find(_key(target, source.id, source.name, source.at))
        return _read(entry) if entry else None

    def name_giver(self, record: CommandRecord, giver: str) -> None:
        """End the search for who gave a command; `giver` is empty where CloudTrail does not know."""
        self._table.update(
            _key_of(record),
            UpdateExpression="SET given_by = :giver REMOVE #open",
            ConditionExpression="command_execution = :execution",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues=typed({":giver": giver or _UNKNOWN_GIVER, ":execution": record.command.id}),
        )

    def find_unnamed(self) -> list[OpenEntry[CommandRecord]]:
        """Return every command of which it is not known who gave it, from an eventually consistent index."""
        return [OpenEntry(values, _read) for values in self._table.find_open(_KIND)]

    def last_commands(self, target: Target, limit: int) -> list[dict[str, Any]]:
        """Return the newest entries of an alias's commands, the newest first."""
        return self._table.newest(partition(target), "command#", limit)


def command_item(record: CommandRecord) -> dict[str, str]:
    """Return the entry of a command: the next sweeps look for who started its execution, and a button needs no search.

    No call in CloudTrail's event history names who pressed a button, so its giver is the name that was entered.
    """
    command = record.command
    values = {
        "command": command.command,
        "why": command.why,
        "taken_at": stamp(command.at),
        "rollout_execution": record.execution.arn,
        "canary_version": record.canary_version,
        "command_document": record.model_dump_json(),
    }
    by_execution = {"command_execution": command.id, OPEN: _KIND}
    by_button = {"request_id": command.id, "given_by": command.stated_giver}
    return _key_of(record) | values | (by_button if command.stated_by else by_execution)


def _read(entry: dict[str, Any]) -> CommandRecord:
    return CommandRecord.model_validate_json(entry["command_document"])


def _key_of(record: CommandRecord) -> dict[str, str]:
    command = record.command
    return _key(record.target, command.id, command.name, command.at)


def _key(target: Target, identity: str, name: str, at: datetime) -> dict[str, str]:
    return key(target, _KIND, Execution(arn=identity, name=name, started_at=at))


def commands() -> Commands:
    """Return the commands in the ledger."""
    return Commands(clients.dynamodb_client(), settings.ledger_table())
