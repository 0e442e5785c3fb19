"""The commands that rollouts have taken (P11).

Partition key as in the ledger; sort key `command#<start>#<execution of the command>`.
"""

from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN, OpenEntry, key, partition, stamp, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Execution, Target
from rollout.state.commands.record import CommandRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KIND = "command"
_UNKNOWN_GIVER = "CloudTrail does not name who gave the command"


class Commands:
    """The commands in the ledger. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def find(self, target: Target, execution: Execution) -> CommandRecord | None:
        """Return the command of an execution of the command state machine; None where no rollout has taken it."""
        entry = self._table.find(key(target, _KIND, execution))
        return _read(entry) if entry else None

    def name_giver(self, record: CommandRecord, giver: str) -> None:
        """End the search for who gave a command; `giver` is empty where CloudTrail does not know."""
        self._table.update(
            _key(record),
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
    """Return the entry of a command, which lets the next sweeps look for who gave it."""
    command = record.command
    values = {
        "command": command.command,
        "why": command.why,
        "taken_at": stamp(command.at),
        "command_execution": command.id,
        "rollout_execution": record.execution.arn,
        "canary_version": record.canary_version,
        "command_document": record.model_dump_json(),
        OPEN: _KIND,
    }
    return _key(record) | values


def _read(entry: dict[str, Any]) -> CommandRecord:
    return CommandRecord.model_validate_json(entry["command_document"])


def _key(record: CommandRecord) -> dict[str, str]:
    command = record.command
    return key(record.target, _KIND, Execution(arn=command.id, name=command.name, started_at=command.at))


def commands() -> Commands:
    """Return the commands in the ledger."""
    return Commands(clients.dynamodb_client(), settings.ledger_table())
