"""What the dashboard reads of the ledger, and the status that each evaluation leaves there for it.

The index `open` holds the locks and the versions that wait for them, the index `ended` the rollouts that have ended, by
the time of their ending. Both are eventually consistent. The entry `status` of an alias has its newest evaluation.
It is in no index, so that an evaluation costs two writes.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.dynamodb.items import ENDED, OPEN_LOCK, ROLLOUT, key, partition, plain, typed
from rollout.aws.dynamodb.lock_items import read_lock
from rollout.aws.dynamodb.table import Table
from rollout.state.dashboard.status import Status
from rollout.state.lock import Lock
from rollout.state.rollout import Rollout

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Entry = dict[str, Any]

_STATUS = "status"
_DOCUMENT = "status_document"
_MOST_COMMANDS = 200
_NOT_NEWER = "attribute_not_exists(entry) OR execution_arn <> :execution OR evaluations <= :number"


class ShownRollouts:
    """The ledger as the dashboard shows it. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._name = table
        self._table = Table(client, table)

    def record_status(self, rollout: Rollout, status: Status) -> None:
        """Record where a rollout stands; nothing happens where a later evaluation of it was recorded."""
        self._table.put(
            {
                "target": partition(rollout.target),
                "entry": _STATUS,
                "execution_arn": rollout.execution.arn,
                "evaluations": status.number,
                _DOCUMENT: status.model_dump_json(),
            },
            ConditionExpression=_NOT_NEWER,
            ExpressionAttributeValues=typed({":execution": rollout.execution.arn, ":number": status.number}),
        )

    def find_open(self) -> list[Entry]:
        """Return the entries of every lock that is held, and of every version that waits for one."""
        return self._table.find_open(OPEN_LOCK)

    def find_endings(self, limit: int) -> list[Entry]:
        """Return the rollouts that ended last, the last first."""
        with translate_aws_errors("reading the ledger"):
            answer = self._client.query(
                TableName=self._name,
                IndexName=ENDED,
                KeyConditionExpression="#ended = :kind",
                ExpressionAttributeNames={"#ended": ENDED},
                ExpressionAttributeValues=typed({":kind": ROLLOUT}),
                ScanIndexForward=False,
                Limit=limit,
            )
        return [plain(item) for item in answer["Items"]]

    def find_with_status(self, locks: Iterable[Lock]) -> list[Entry]:
        """Return the entries of the rollouts that hold at most fifty locks, each with its status, in any order.

        One that DynamoDB does not return at once is left out.
        """
        keys: list[dict[str, str]] = []
        for lock in locks:  # DynamoDB refuses a key that is named twice
            keys += [each for each in (key(lock.target, ROLLOUT, lock.holder), _status_key(lock)) if each not in keys]
        if not keys:
            return []
        with translate_aws_errors("reading the ledger"):
            request: Any = {self._name: {"Keys": [typed(each) for each in keys]}}
            answer = self._client.batch_get_item(RequestItems=request)
        return _joined([plain(item) for item in answer["Responses"].get(self._name, [])])

    def find_rollout(self, partition_key: str, entry: str) -> Entry:
        """Return the entry of a rollout by its key with its status; empty where there is none."""
        found = self._table.find({"target": partition_key, "entry": entry})
        status = self._table.find({"target": partition_key, "entry": _STATUS}) if found else {}
        return next(iter(_joined([found, status] if status else [found])), {}) if found else {}

    def find_lock(self, partition_key: str) -> Lock | None:
        """Return the lock of an alias; None where no rollout holds it, or it cannot be read."""
        entry = self._table.find({"target": partition_key, "entry": "lock"})
        return readable_lock(entry) if entry else None

    def find_evaluations(self, partition_key: str, rollout_entry: str) -> list[Entry]:
        """Return every evaluation of a rollout, in order. A query returns about a thousand of them at once."""
        prefix = f"{rollout_entry.replace('rollout#', 'evaluation#', 1)}#"
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="target = :target AND begins_with(entry, :prefix)",
            ExpressionAttributeValues=typed({":target": partition_key, ":prefix": prefix}),
        )
        with translate_aws_errors("reading the ledger"):
            return [plain(item) for page in pages for item in page["Items"]]

    def find_commands(self, partition_key: str, execution_arn: str) -> list[Entry]:
        """Return the commands that a rollout has taken, of the newest 200 of its alias, in order."""
        newest = self._table.newest(partition_key, "command#", _MOST_COMMANDS)
        return [entry for entry in reversed(newest) if entry.get("rollout_execution") == execution_arn]


def _status_key(lock: Lock) -> dict[str, str]:
    return {"target": partition(lock.target), "entry": _STATUS}


def _joined(entries: list[Entry]) -> list[Entry]:
    """Return the rollouts' entries, each with the status that belongs to it."""
    documents = {_text(entry, "execution_arn"): _text(entry, _DOCUMENT) for entry in entries if _is_status(entry)}
    rollouts = [entry for entry in entries if not _is_status(entry)]
    return [entry | {_DOCUMENT: documents.get(_text(entry, "execution_arn"), "")} for entry in rollouts]


def _is_status(entry: Entry) -> bool:
    return bool(entry["entry"] == _STATUS)


def _text(entry: Entry, name: str) -> str:
    """Return a text of an entry; empty for anything else, which belongs to no rollout."""
    value = entry.get(name)
    return value if isinstance(value, str) else ""


def readable_lock(entry: Entry) -> Lock | None:
    """Return the lock of an entry; None where it cannot be read."""
    try:
        return read_lock(entry)
    except (ValueError, TypeError, KeyError):
        return None


def shown_rollouts() -> ShownRollouts:
    """Return the ledger as the dashboard shows it."""
    return ShownRollouts(clients.dynamodb_client(), settings.ledger_table())
