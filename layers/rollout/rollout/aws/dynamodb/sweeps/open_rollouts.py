"""The rollouts that have not ended, and how far each one is."""

from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import QUEUE, ROLLOUT, OpenEntry, key, partition, target_of
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import Execution, Target
from rollout.policy.read_policy import policy_of_json
from rollout.telemetry.last_evaluation import LastEvaluation
from rollout.telemetry.overdue import OpenRollout

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class OpenRollouts:
    """The running rollouts in the ledger. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def find_all(self) -> list[OpenEntry[OpenRollout]]:
        """Return every rollout that runs, not yet read, from an eventually consistent index."""
        found = self._table.find_open(ROLLOUT)
        return [OpenEntry(values, _read) for values in found if values["entry"] != QUEUE]

    def last_evaluation(self, target: Target, execution: Execution) -> LastEvaluation | None:
        """Return the newest evaluation of a rollout; None before the first one."""
        evaluations = key(target, "evaluation", execution, "#")["entry"]
        newest = self._table.newest(partition(target), evaluations, 1)
        return _last(newest[0]) if newest else None


def _read(entry: dict[str, Any]) -> OpenRollout:
    return OpenRollout(
        target=target_of(entry),
        execution=Execution(arn=entry["execution_arn"], name=_name(entry), started_at=entry["started_at"]),
        began_at=entry["began_at"],
        policy=policy_of_json(entry["policy"]),
    )


def _name(entry: dict[str, Any]) -> str:
    return str(entry["entry"].split("#", 2)[2])


def _last(entry: dict[str, Any]) -> LastEvaluation:
    evaluations = int(entry["entry"].rpartition("#")[2])
    return LastEvaluation.model_validate(entry | {"evaluations": evaluations})


def open_rollouts() -> OpenRollouts:
    """Return the rollouts that have not ended."""
    return OpenRollouts(clients.dynamodb_client(), settings.ledger_table())
