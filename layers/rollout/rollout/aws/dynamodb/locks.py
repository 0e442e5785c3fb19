"""The locks of aliases: conditional writes to the ledger table give each alias one writer (P3)."""

from typing import TYPE_CHECKING

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.commands import command_item
from rollout.aws.dynamodb.items import OPEN, OPEN_LOCK
from rollout.aws.dynamodb.lock_items import COMMANDS, MOVES, ROLLBACK, LockEntry, guardian_of, lock_values, read_lock
from rollout.aws.dynamodb.owned_entries import Amendment, OwnedEntries
from rollout.aws.dynamodb.table import Table
from rollout.domain.errors import AliasBusyError, AliasChangedError, LockLostError
from rollout.domain.identity import Execution, Target
from rollout.state.commands.record import CommandRecord
from rollout.state.gate import ReachedGate
from rollout.state.lock import Announcement, Lock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Locks:
    """At most one lock per alias. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._entries = OwnedEntries(client, table, "lock")
        self._table = Table(client, table)

    def acquire(self, lock: Lock) -> None:
        """Acquire the lock for its holder; raises AliasBusyError where another rollout holds it.

        A lock that the holder already has stays unchanged: a late repetition must not erase the announced write. Raises
        AliasChangedError where it is for other versions, so that all tasks of an execution keep the same stable.
        """
        if self._entries.put(lock.target, lock_values(lock) | {OPEN: OPEN_LOCK}, lock.holder.arn):
            return
        held = self.find(lock.target)
        if held is None or not held.belongs_to(lock.holder.arn):
            raise AliasBusyError(
                f"Another rollout has just acquired the lock of {lock.target.name}. The state machine tries again."
            )
        if (held.stable_version, held.canary_version) != (lock.stable_version, lock.canary_version):
            raise AliasChangedError(
                f"Execution {lock.holder.name} holds the lock of {lock.target.name} to roll out version"
                f" {held.canary_version} over version {held.stable_version}, and now finds version"
                f" {lock.canary_version} over version {lock.stable_version}. Nothing was written. To roll out the"
                " version, start a new execution."
            )

    def announce(self, lock: Lock) -> Announcement:
        """Record what the holder is about to write.

        Raises LockLostError where it no longer holds the lock, or has announced a later write: the task belongs to an
        execution that was stopped and has gone on since.
        """
        before = self._entries.announce(lock.target, lock_values(lock), lock.holder.arn, lock.write_number)
        if before is None:
            raise _lost(lock)
        return Announcement(
            lock=lock,
            number=int(before.get("announcements", 0)) + 1,
            is_first=before.get("write_number", 0) < lock.write_number,
        )

    def confirm(self, announcement: Announcement) -> None:
        """Raise LockLostError where the holder no longer holds the lock, or another task of it has announced since."""
        lock = announcement.lock
        if not self._entries.confirm(lock.target, lock.holder.arn, announcement.number):
            raise _lost(lock)

    def begin_rollback(self, target: Target, holder: Execution) -> Lock | None:
        """Let no late task of the holder announce or confirm a write from now on, and no command change the rollout.

        Returns the lock as it was before; None where the execution holds none.
        """
        before = self._entries.announce(target, {}, holder.arn, ROLLBACK)
        return None if before is None else read_lock(before)

    def find(self, target: Target) -> Lock | None:
        """Return the lock of an alias; None where no rollout holds it."""
        entry = self._entries.find(target)
        return read_lock(entry) if entry else None

    def release(self, target: Target, holder: Execution) -> None:
        """Release a lock; nothing happens where the execution does not hold it."""
        self._entries.delete(target, holder.arn)

    def supersede(self, lock: Lock, version: str) -> None:
        """Ask the holder to roll back for a newer version; nothing happens where it no longer holds the lock."""
        self._entries.change(lock.target, {"superseded_by": version}, [lock.holder.arn])

    def await_end(self, lock: Lock, version: str) -> None:
        """Tell the holder that a newer version waits; nothing happens where it no longer holds the lock."""
        self._entries.change(lock.target, {"awaited_by": version}, [lock.holder.arn])

    def note_move(self, target: Target) -> None:
        """Let the next evaluation read the alias, because another writer moved it; nothing happens without a lock."""
        self._entries.count(target, MOVES)

    def command(self, lock: Lock, record: CommandRecord) -> bool:
        """Let the holder obey a command, and record it (P11), both or neither.

        False where the holder has begun a write, an ending or a rollback, has reached a gate, or obeyed another command
        since, and where the command is recorded already. `lock` is the lock as it was read when the command was decided
        on.
        """
        commands = (*lock.commands, record.command)
        values = {"commands": COMMANDS.dump_json(commands).decode(), "command_count": len(commands)}
        unchanged = _unchanged(lock) | {"ending": int(lock.is_ending)}
        amendment = Amendment(lock.holder.arn, values, unchanged)
        return self._entries.amend_and_put(lock.target, amendment, command_item(record))

    def begin_ending(self, lock: Lock) -> bool:
        """Let the holder end, and obey no further command but an abort; False where it has obeyed another since."""
        return self._entries.amend(lock.target, Amendment(lock.holder.arn, {"ending": 1}, _command_count(lock)))

    def reach_gate(self, lock: Lock, gate: ReachedGate) -> bool:
        """Let the holder wait at a gate, or wait no longer; False where it has obeyed a command since.

        Also False where the holder has begun a write, or reached a gate since: then a late task is about to repeat it.
        """
        values = {"gate": gate.model_dump_json(), "gate_number": gate.number}
        return self._entries.amend(lock.target, Amendment(lock.holder.arn, values, _unchanged(lock)))

    def resume_from_ending(self, lock: Lock) -> None:
        """Let the holder obey commands again, where an evaluation decided to end and its repetition to go on."""
        self._entries.remove(lock.target, "ending", lock.holder.arn)

    def take_over(self, lock: Lock) -> bool:
        """Take over a lock for the guardian; False where its holder has released it."""
        return self._entries.change(lock.target, {"holder": guardian_of(lock)}, [lock.holder.arn, guardian_of(lock)])

    def release_taken_over(self, lock: Lock) -> None:
        """Release a lock that the guardian took over."""
        self._entries.delete(lock.target, guardian_of(lock))

    def find_all(self) -> list[LockEntry]:
        """Return every lock that is held, not yet read, from an eventually consistent index."""
        # The same part of the index has the versions that wait for a lock.
        return [LockEntry(values) for values in self._table.find_open(OPEN_LOCK) if values["entry"] == "lock"]


def _lost(lock: Lock) -> LockLostError:
    return LockLostError(
        f"Execution {lock.holder.name} no longer holds the lock of {lock.target.name}, because the guardian,"
        " another rollout or a later task of the execution has taken it over. Nothing was written. To roll out the"
        " version again, start a new execution."
    )


def _command_count(lock: Lock) -> dict[str, int]:
    return {"command_count": len(lock.commands)}


def _unchanged(lock: Lock) -> dict[str, int]:
    return _command_count(lock) | {"write_number": lock.write_number, "gate_number": lock.gate_number}


def locks() -> Locks:
    """Return the locks of the aliases."""
    return Locks(clients.dynamodb_client(), settings.ledger_table())
