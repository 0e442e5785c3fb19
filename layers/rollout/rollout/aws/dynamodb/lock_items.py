"""The entry of a lock in the ledger table, and the lock that it holds."""

from typing import Any, NamedTuple

from pydantic import ConfigDict, TypeAdapter

from rollout.state.commands.taken import TakenCommand
from rollout.state.gate import ReachedGate
from rollout.state.lock import Lock

ROLLBACK = 1_000_000
"""The number of the last write, a rollback; the others count from 1."""

MOVES = "moves"
"""The attribute that counts the moves of the alias by others; the holder does not write it."""

COMMANDS = TypeAdapter(tuple[TakenCommand, ...], config=ConfigDict(defer_build=True))

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
        return read_lock(self.values)


def guardian_of(lock: Lock) -> str:
    """Return the guardian as the holder of this lock only, so that a late guardian releases no later lock."""
    return _GUARDIAN + lock.holder.arn


def lock_values(lock: Lock) -> dict[str, str]:
    """Return what the holder writes into the entry."""
    return {"lock_document": lock.model_dump_json(exclude=_REQUESTS | {"commands", "gate", "moves"})}


def read_lock(entry: dict[str, Any]) -> Lock:
    """Return the lock of an entry."""
    lock = Lock.model_validate_json(entry["lock_document"])
    requests = {name: str(entry.get(name, "")) for name in _REQUESTS}
    facts = {
        "is_taken_over": entry["holder"] == guardian_of(lock),
        "is_ending": "ending" in entry,
        "is_rolling_back": entry.get("write_number") == ROLLBACK,
        "moves": int(entry.get(MOVES, 0)),
        "commands": COMMANDS.validate_json(entry.get("commands", "[]")),
        "gate": ReachedGate.model_validate_json(entry["gate"]) if "gate" in entry else None,
    }
    return lock.model_copy(update=facts | requests)
