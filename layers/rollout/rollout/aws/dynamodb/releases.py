"""The releases in the ledger: how far each one and its functions have come.

Partition key `account/region/release/<name>`. The entry `release#<start>#<execution>` has what changes, so that a
part reads one item: the status, and for each part its progress and its ending. The entry
`parts#<start>#<execution>` has what does not change; it is in the index of open entries until the release is closed.
Every write can be repeated.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.commands import command_item
from rollout.aws.dynamodb.items import OPEN, OpenEntry, key, partition, stamp, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.errors import InternalError
from rollout.domain.identity import AccountRegion, Execution, Target
from rollout.state.commands.record import CommandRecord
from rollout.state.releases.part import Progress, ReleasePart
from rollout.state.releases.release import PartEnding, Release, ReleaseState, ReleaseStatus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_RELEASE = "release"
_PARTS = "parts"
_MOST_RELEASES = 10
_IS_OPEN = "release_status IN (:rolling, :promoting)"
_OPEN_VALUES = {":rolling": ReleaseStatus.ROLLING, ":promoting": ReleaseStatus.PROMOTING}


def release_target(name: str, account_region: AccountRegion) -> Target:
    """Return what the ledger keeps a release under, in the form of an alias; no alias has a dot or such a function."""
    return Target(**dict(account_region), function=_RELEASE, alias=name)


class Releases:
    """The releases in the ledger. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def open(self, release: Release, now: datetime) -> bool:
        """Record a release with its parts; False where a repeated task has done so before.

        The state is written first: a release is found by its parts, so there is none where only the state was written.
        """
        values = {"release_status": ReleaseStatus.ROLLING, "size": len(release.parts), "changed_at": stamp(now)}
        self._table.put(
            _key(release.name, release.execution) | values | {"execution_arn": release.execution.arn},
            ConditionExpression="attribute_not_exists(entry)",
        )
        return self._table.put(
            _key(release.name, release.execution, _PARTS)
            | {"release_document": release.model_dump_json(), OPEN: _RELEASE, "execution_arn": release.execution.arn},
            ConditionExpression="attribute_not_exists(entry)",
        )

    def find(self, part: ReleasePart) -> ReleaseState | None:
        """Return the state of the release of a part by a consistent read; None where there is none."""
        entry = self._table.find(_key(part.name, part.execution))
        return _state(entry) if entry else None

    def record_progress(self, part: ReleasePart, progress: Progress) -> None:
        """Record how far a part has come; nothing happens where it has come further, or the release has failed."""
        field = f"progress_{part.number}"
        self._table.update(
            _key(part.name, part.execution),
            UpdateExpression=f"SET {field} = :progress",
            ConditionExpression=f"attribute_not_exists({field}) AND {_IS_OPEN} OR {field} <= :progress AND {_IS_OPEN}",
            ExpressionAttributeValues=typed({":progress": int(progress), **_OPEN_VALUES}),
        )

    def record_ending(self, part: ReleasePart, ending: PartEnding) -> None:
        """Record how the rollout of a part ended; the last one that is recorded stays, such as a repair."""
        field = f"ending_{part.number}"
        self._table.update(
            _key(part.name, part.execution),
            UpdateExpression=f"SET {field} = :ending",
            ConditionExpression="execution_arn = :execution",
            ExpressionAttributeValues=typed({":ending": ending.model_dump_json(), ":execution": part.execution.arn}),
        )

    def fail(self, part: ReleasePart, reason: str, now: datetime) -> ReleaseStatus:
        """Let an open release fail; return its status afterwards, `promoted` where it can no longer fail."""
        if self._move(part, ReleaseStatus.FAILED, now, _IS_OPEN, _OPEN_VALUES | {":failure": reason}):
            return ReleaseStatus.FAILED
        state = self.find(part)
        return state.status if state else ReleaseStatus.FAILED

    def abort(self, record: CommandRecord, part: ReleasePart, now: datetime) -> bool:
        """Let an open release fail by a command, and record the command (P11), both or neither; False where not."""
        values = _OPEN_VALUES | {":after": ReleaseStatus.FAILED, ":now": stamp(now)}
        change = {
            "UpdateExpression": "SET release_status = :after, changed_at = :now, failure = :failure",
            "ConditionExpression": _IS_OPEN,
            "ExpressionAttributeValues": typed(values | {":failure": f"it was aborted {record.command.source}"}),
        }
        return self._table.update_and_put(_key(part.name, part.execution), change, command_item(record))

    def advance(self, part: ReleasePart, before: ReleaseStatus, after: ReleaseStatus, now: datetime) -> bool:
        """Move a release from one status to the next one; False where it has another one meanwhile."""
        return self._move(part, after, now, "release_status = :before", {":before": before})

    def _move(
        self, part: ReleasePart, after: ReleaseStatus, now: datetime, condition: str, values: dict[str, Any]
    ) -> bool:
        failure = ", failure = :failure" if ":failure" in values else ""
        return self._table.update(
            _key(part.name, part.execution),
            UpdateExpression=f"SET release_status = :after, changed_at = :now{failure}",
            ConditionExpression=condition,
            ExpressionAttributeValues=typed({":after": after, ":now": stamp(now), **values}),
        )

    def find_release(self, name: str, execution: Execution) -> Release | None:
        """Return a release with its parts; None where there is none."""
        entry = self._table.find(_key(name, execution, _PARTS))
        return _release(entry) if entry else None

    def find_last(self, name: str, account_region: AccountRegion) -> list[Release]:
        """Return the last releases of this name, the newest first."""
        target = release_target(name, account_region)
        return [_release(entry) for entry in self._table.newest(partition(target), f"{_PARTS}#", _MOST_RELEASES)]

    def find_open(self) -> list[OpenEntry[Release]]:
        """Return every release that is not closed, not yet read, from an eventually consistent index."""
        return [OpenEntry(values, _release) for values in self._table.find_open(_RELEASE)]

    def close(self, release: Release) -> None:
        """Take a release out of the index of open entries."""
        self._table.update(
            _key(release.name, release.execution, _PARTS),
            UpdateExpression="REMOVE #open",
            ConditionExpression="execution_arn = :execution",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues=typed({":execution": release.execution.arn}),
        )


def require_state(state: ReleaseState | None, part: ReleasePart) -> ReleaseState:
    """Return the state of a release. Raises InternalError where the ledger has none."""
    if state is None:
        raise InternalError(f"The ledger has no release {part.name} of execution {part.execution.name}.")
    return state


def _key(name: str, execution: Execution, kind: str = _RELEASE) -> dict[str, str]:
    return key(release_target(name, execution.account_region), kind, execution)


def _release(entry: dict[str, Any]) -> Release:
    return Release.model_validate_json(entry["release_document"])


def _state(entry: dict[str, Any]) -> ReleaseState:
    return ReleaseState(
        status=entry["release_status"],
        size=int(entry["size"]),
        failure=entry.get("failure", ""),
        changed_at=entry["changed_at"],
        progress=_numbered(entry, "progress_", lambda value: Progress(int(value))),
        endings=_numbered(entry, "ending_", PartEnding.model_validate_json),
    )


def _numbered(entry: dict[str, Any], prefix: str, read: Callable[[Any], Any]) -> dict[int, Any]:
    """Return what an entry has of each part."""
    return {int(name.removeprefix(prefix)): read(value) for name, value in entry.items() if name.startswith(prefix)}


def releases() -> Releases:
    """Return the releases in the ledger."""
    return Releases(clients.dynamodb_client(), settings.ledger_table())
