"""The versions in the ledger that wait for a release by the tag `rollout:release`.

One entry for each value of the tag in an account and region: partition key `account/region/release-group/<value>`, sort
key `waiting`. For each function it has `version_<function:alias>` and `since_<function:alias>`; `revision` grows with
each change of them. A release is started by a conditional write on this entry, so that one set of versions starts one.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rollout.aws import settings
from rollout.aws.boto import clients
from rollout.aws.dynamodb.items import OPEN, OPEN_LOCK, WAITING, OpenEntry, stamp, typed
from rollout.aws.dynamodb.table import Table
from rollout.domain.identity import AccountRegion, Target
from rollout.state.releases.group import RefusedRelease, ReleaseGroup, StartedRelease, WaitingVersion

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_VERSION = "version_"
_SINCE = "since_"


class ReleaseGroups:
    """The groups in the ledger. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._table = Table(client, table)

    def wait(self, tag: str, target: Target, version: str, now: datetime) -> None:
        """Let a version wait; nothing happens where it waits already, or a newer one does."""
        self._table.update(
            _key(target.account_region, tag),
            UpdateExpression="SET #version = :version, #since = if_not_exists(#since, :now), #open = :open"
            " ADD revision :one",
            ConditionExpression="attribute_not_exists(#version) OR #version < :version",
            ExpressionAttributeNames=_names(target) | {"#open": OPEN},
            ExpressionAttributeValues=typed(
                {":version": int(version), ":now": stamp(now), ":open": OPEN_LOCK, ":one": 1}
            ),
        )

    def find(self, account_region: AccountRegion, tag: str) -> ReleaseGroup:
        """Return a group by a consistent read; without versions where the ledger has none."""
        entry = self._table.find(_key(account_region, tag))
        return read_group(entry) if entry else ReleaseGroup(account_region=account_region, tag=tag)

    def find_open(self) -> list[OpenEntry[ReleaseGroup]]:
        """Return every group, not yet read, from an eventually consistent index."""
        return [
            OpenEntry(values, read_group) for values in self._table.find_open(OPEN_LOCK) if values["entry"] == WAITING
        ]

    def drop(self, group: ReleaseGroup, versions: Iterable[WaitingVersion], now: datetime) -> None:
        """Let these versions wait no longer; a newer one of the same function waits from now on."""
        for each in versions:
            version = {":version": int(each.version)}
            if not self._change(
                group, each, "REMOVE #version, #since ADD revision :one", "#version = :version", version | {":one": 1}
            ):
                self._change(group, each, "SET #since = :now", "#version > :version", version | {":now": stamp(now)})

    def _change(
        self, group: ReleaseGroup, waiting: WaitingVersion, change: str, condition: str, values: dict[str, Any]
    ) -> bool:
        return self._table.update(
            _key(group.account_region, group.tag),
            UpdateExpression=change,
            ConditionExpression=condition,
            ExpressionAttributeNames=_names(waiting.target),
            ExpressionAttributeValues=typed(values),
        )

    def start(self, group: ReleaseGroup, release: StartedRelease) -> bool:
        """Record that a release of these versions starts; False where they have changed, or another one has started."""
        return self._table.update(
            _key(group.account_region, group.tag),
            UpdateExpression="SET started = :started",
            ConditionExpression="revision = :revision AND attribute_not_exists(started)",
            ExpressionAttributeValues=typed({":started": release.model_dump_json(), ":revision": group.revision}),
        )

    def end(self, group: ReleaseGroup, refused: RefusedRelease | None) -> None:
        """Record that the started release of a group has ended, and whether it was refused."""
        if group.started is None:
            return
        values = {":started": group.started.model_dump_json()}
        change = "SET refused = :refused REMOVE started" if refused else "REMOVE started, refused"
        self._table.update(
            _key(group.account_region, group.tag),
            UpdateExpression=change,
            ConditionExpression="started = :started",
            ExpressionAttributeValues=typed(values | ({":refused": refused.model_dump_json()} if refused else {})),
        )

    def explain(self, group: ReleaseGroup, reason: str) -> None:
        """Record why the versions of a group wait, if that is new."""
        if group.reason != reason:
            self._set(group, "reason", reason)

    def record_report(self, group: ReleaseGroup, now: datetime) -> None:
        """Record that people were notified of a group that waits for too long."""
        self._set(group, "reported_at", stamp(now))

    def remove(self, group: ReleaseGroup) -> None:
        """Remove a group without versions; nothing happens where one has begun to wait."""
        self._table.delete(
            _key(group.account_region, group.tag),
            ConditionExpression="revision = :revision AND attribute_not_exists(started)",
            ExpressionAttributeValues=typed({":revision": group.revision}),
        )

    def _set(self, group: ReleaseGroup, name: str, value: str) -> None:
        self._table.update(
            _key(group.account_region, group.tag),
            UpdateExpression=f"SET {name} = :value",
            ConditionExpression="attribute_exists(entry)",
            ExpressionAttributeValues=typed({":value": value}),
        )


def _key(account_region: AccountRegion, tag: str) -> dict[str, str]:
    return {"target": f"{account_region.account}/{account_region.region}/release-group/{tag}", "entry": WAITING}


def _names(target: Target) -> dict[str, str]:
    return {"#version": f"{_VERSION}{target.name}", "#since": f"{_SINCE}{target.name}"}


def read_group(entry: dict[str, Any]) -> ReleaseGroup:
    """Return the group of an entry; raises ValidationError where it cannot be read."""
    account, region, _, tag = entry["target"].split("/", 3)
    account_region = AccountRegion(account=account, region=region)
    names = sorted(name.removeprefix(_VERSION) for name in entry if name.startswith(_VERSION))
    return ReleaseGroup(
        account_region=account_region,
        tag=tag,
        waiting=tuple(_waiting(account_region, name, entry) for name in names),
        revision=int(entry["revision"]),
        started=StartedRelease.model_validate_json(entry["started"]) if "started" in entry else None,
        refused=RefusedRelease.model_validate_json(entry["refused"]) if "refused" in entry else None,
        reported_at=entry.get("reported_at"),
        reason=entry.get("reason", ""),
    )


def _waiting(account_region: AccountRegion, name: str, entry: dict[str, Any]) -> WaitingVersion:
    function, _, alias = name.partition(":")
    target = Target(**dict(account_region), function=function, alias=alias)
    return WaitingVersion(target=target, version=str(entry[f"{_VERSION}{name}"]), since=entry[f"{_SINCE}{name}"])


def release_groups() -> ReleaseGroups:
    """Return the groups in the ledger."""
    return ReleaseGroups(clients.dynamodb_client(), settings.ledger_table())
