"""Claims: by conditional writes to the ledger's table, one alias has one writer (P3)."""

from typing import TYPE_CHECKING, Any

from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.dynamodb.items import OPEN, plain, typed
from rollout.aws.dynamodb.owned_entries import Entries
from rollout.domain.errors import AliasBusyError, LockLostError
from rollout.domain.identity import Execution, Target
from rollout.state.lock import Lock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_GUARDIAN = "guardian of "


class Locks:
    """Who may write which alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._entries = Entries(client, table, "lock")
        self._client = client
        self._table = table

    def take(self, lock: Lock) -> None:
        """Take the claim for its holder, who may have it already; raises AliasBusyError where another one has it.

        One that is held stays as it is: what its holder has announced since must not be forgotten for a task that comes
        late.
        """
        if self._entries.put(lock.target, _values(lock) | {OPEN: "lock"}, lock.holder.arn):
            return
        if self._entries.find(lock.target).get("holder") != lock.holder.arn:
            raise AliasBusyError(f"{lock.target.name} was claimed by another rollout a moment ago.")

    def announce(self, lock: Lock) -> None:
        """Say what its holder is about to write; raises LockLostError where it holds the claim no more."""
        if not self._entries.change(lock.target, _values(lock), [lock.holder.arn]):
            raise LockLostError(
                f"Execution {lock.holder.name} holds {lock.target.name} no longer, so nothing was written: the"
                " guardian or another rollout has taken over."
            )

    def find(self, target: Target) -> Lock | None:
        """Return the claim to an alias; None where nobody has it."""
        entry = self._entries.find(target)
        return _claim(entry) if entry else None

    def release(self, target: Target, holder: Execution) -> None:
        """Give a claim back; one that is held by somebody else, or by nobody, is left as it is."""
        self._entries.delete(target, holder.arn)

    def supersede(self, lock: Lock, version: str) -> None:
        """Ask a claim's holder to take its canary back for another version; nothing happens if it has let go."""
        self._entries.change(lock.target, {"superseded_by": version}, [lock.holder.arn])

    def take_over(self, lock: Lock) -> bool:
        """Take a claim away from its holder, for the guardian; False where it has let go by itself."""
        return self._entries.change(lock.target, {"holder": _seized(lock)}, [lock.holder.arn, _seized(lock)])

    def drop(self, lock: Lock) -> None:
        """Give a seized claim back."""
        self._entries.delete(lock.target, _seized(lock))

    def held(self) -> list[Lock]:
        """Return every claim there is, as of a moment ago."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=OPEN,
            KeyConditionExpression="#open = :lock",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues=typed({":lock": "lock"}),
        )
        with translate_aws_errors("reading the claims"):
            return [_claim(plain(item)) for page in pages for item in page["Items"]]


def _seized(lock: Lock) -> str:
    """Return the guardian as a holder: of this one's claim alone, or a late guardian would drop another one's."""
    return _GUARDIAN + lock.holder.arn


def _values(lock: Lock) -> dict[str, str]:
    return {"lock_document": lock.model_dump_json(exclude={"superseded_by"})}


def _claim(entry: dict[str, Any]) -> Lock:
    held = Lock.model_validate_json(entry["lock_document"])
    # Seized, it is nobody's any more, whoever it was taken from.
    taken = {"is_taken_over": entry["holder"] == _seized(held), "superseded_by": entry.get("superseded_by", "")}
    return held.model_copy(update=taken)
