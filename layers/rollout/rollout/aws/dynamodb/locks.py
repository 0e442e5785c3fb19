"""The locks of aliases: conditional writes to the ledger table give each alias one writer (P3)."""

from typing import TYPE_CHECKING, Any, NamedTuple

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN
from rollout.aws.dynamodb.owned_entries import OwnedEntries
from rollout.aws.dynamodb.table import Table
from rollout.domain.errors import AliasBusyError, LockLostError
from rollout.domain.identity import Execution, Target
from rollout.state.lock import Lock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_GUARDIAN = "guardian of "

_REQUESTS = {"superseded_by", "awaited_by"}
"""The fields that newer versions write, beside the document of the holder."""


class LockEntry(NamedTuple):
    """An entry of the index of locks. Reading it may raise ValidationError, which must not hide the other entries."""

    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The alias, as its partition key."""
        return str(self.values["target"])

    @property
    def execution_arn(self) -> str:
        """The execution that holds the lock, or held it before the guardian took it over."""
        return str(self.values["holder"]).removeprefix(_GUARDIAN)

    def read(self) -> Lock:
        """Return the lock."""
        return _lock(self.values)


class Locks:
    """At most one lock per alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._entries = OwnedEntries(client, table, "lock")
        self._table = Table(client, table)

    def acquire(self, lock: Lock) -> None:
        """Acquire the lock for its holder; raises AliasBusyError where another rollout holds it.

        A lock that the holder already has stays unchanged: a late repetition must not erase the announced write.
        """
        if self._entries.put(lock.target, _values(lock) | {OPEN: "lock"}, lock.holder.arn):
            return
        if self._entries.find(lock.target).get("holder") != lock.holder.arn:
            raise AliasBusyError(
                f"Another rollout has just acquired the lock of {lock.target.name}. The state machine tries again."
            )

    def announce(self, lock: Lock) -> None:
        """Record what the holder is about to write; raises LockLostError where it no longer holds the lock."""
        if not self._entries.change(lock.target, _values(lock), [lock.holder.arn]):
            raise LockLostError(
                f"Execution {lock.holder.name} no longer holds the lock of {lock.target.name}, because the guardian or"
                " another rollout has taken it over. Nothing was written. To roll out the version again,"
                " start a new execution."
            )

    def find(self, target: Target) -> Lock | None:
        """Return the lock of an alias; None where no rollout holds it."""
        entry = self._entries.find(target)
        return _lock(entry) if entry else None

    def release(self, target: Target, holder: Execution) -> None:
        """Release a lock; nothing happens where the execution does not hold it."""
        self._entries.delete(target, holder.arn)

    def supersede(self, lock: Lock, version: str) -> None:
        """Ask the holder to roll back for a newer version; nothing happens where it no longer holds the lock."""
        self._entries.change(lock.target, {"superseded_by": version}, [lock.holder.arn])

    def await_end(self, lock: Lock, version: str) -> None:
        """Tell the holder that a newer version waits; nothing happens where it no longer holds the lock."""
        self._entries.change(lock.target, {"awaited_by": version}, [lock.holder.arn])

    def take_over(self, lock: Lock) -> bool:
        """Take over a lock for the guardian; False where its holder has released it."""
        return self._entries.change(lock.target, {"holder": _guardian_of(lock)}, [lock.holder.arn, _guardian_of(lock)])

    def release_taken_over(self, lock: Lock) -> None:
        """Release a lock that the guardian took over."""
        self._entries.delete(lock.target, _guardian_of(lock))

    def find_all(self) -> list[LockEntry]:
        """Return every lock that is held, not yet read, from an eventually consistent index."""
        return [LockEntry(values) for values in self._table.find_open("lock")]


def _guardian_of(lock: Lock) -> str:
    """Return the guardian as the holder of this lock only, so that a late guardian releases no later lock."""
    return _GUARDIAN + lock.holder.arn


def _values(lock: Lock) -> dict[str, str]:
    return {"lock_document": lock.model_dump_json(exclude=_REQUESTS)}


def _lock(entry: dict[str, Any]) -> Lock:
    lock = Lock.model_validate_json(entry["lock_document"])
    requests = {name: entry.get(name, "") for name in _REQUESTS}
    return lock.model_copy(update={"is_taken_over": entry["holder"] == _guardian_of(lock)} | requests)


def locks() -> Locks:
    """Return the locks of the aliases."""
    return Locks(clients.dynamodb_client(), settings.ledger_table())
