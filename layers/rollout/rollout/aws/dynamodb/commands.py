"""The commands that rollouts have taken, and the rollouts of an alias for people to read (P11).

Partition key as in the ledger; sort key `command#<start>#<execution of the command>`.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN, key, partition, stamp, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Execution, Target
from rollout.policy.policy import Policy
from rollout.state.command_record import CommandRecord
from rollout.state.lock import Lock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KIND = "command"
_UNKNOWN_GIVER = "CloudTrail does not name who gave the command"


class CommandEntry(NamedTuple):
    """An entry of the index. Reading it may raise ValidationError, which must not hide the other entries."""

    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The alias and the execution, as the entry's key."""
        return f"{self.values['target']}/{self.values['entry']}"

    def read(self) -> CommandRecord:
        """Return the command with its rollout."""
        return CommandRecord.model_validate_json(self.values["command_document"])


class Commands:
    """The commands in the ledger. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def find(self, target: Target, execution: Execution) -> CommandRecord | None:
        """Return the command of an execution of the command state machine; None where no rollout has taken it."""
        entry = self._table.find(key(target, _KIND, execution))
        return CommandEntry(entry).read() if entry else None

    def name_giver(self, record: CommandRecord, giver: str) -> None:
        """End the search for who gave a command; `giver` is empty where CloudTrail does not know."""
        self._table.update(
            _key(record),
            UpdateExpression="SET given_by = :giver REMOVE #open",
            ConditionExpression="command_execution = :execution",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues=typed({":giver": giver or _UNKNOWN_GIVER, ":execution": record.command.id}),
        )

    def find_unnamed(self) -> list[CommandEntry]:
        """Return every command of which it is not known who gave it, from an eventually consistent index."""
        return [CommandEntry(values) for values in self._table.find_open(_KIND)]

    def find_policy(self, lock: Lock) -> Policy | None:
        """Return the policy of the rollout that holds a lock; None where it is about to begin."""
        entry = self._table.find(key(lock.target, "rollout", lock.holder))
        return Policy.model_validate_json(entry["policy"]) if "policy" in entry else None

    def last_rollouts(self, target: Target, limit: int) -> list[dict[str, Any]]:
        """Return the newest entries of an alias's rollouts, the newest first."""
        newest = self._table.newest(partition(target), "rollout#", limit)
        return [entry for entry in newest if "outcome" in entry]

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


def _key(record: CommandRecord) -> dict[str, str]:
    command = record.command
    return key(record.target, _KIND, Execution(arn=command.id, name=command.name, started_at=command.at))


def commands() -> Commands:
    """Return the commands in the ledger."""
    return Commands(clients.dynamodb_client(), settings.ledger_table())
