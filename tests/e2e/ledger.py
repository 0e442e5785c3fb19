"""The ledger table, read as an operator reads it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.shop import Shop
from tests.e2e.waiting import wait_for

_REMEMBERED = ("sighting", "move", "cursor")
"""What sweeps and alias events remember of functions without a rollout too."""


class Ledger:
    """The rollouts and the locks of the deployed stack."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def lock(self, shop: Shop) -> dict[str, Any]:
        """Return the lock of a shop's alias; empty if there is none."""
        return self._client.get_item(TableName=self._table, Key=_key(shop, "lock")).get("Item", {})

    def wait_until_unlocked(self, shop: Shop, within_seconds: float = 30) -> None:
        """Wait until no rollout holds the lock of a shop's alias."""
        wait_for(
            lambda: not self.lock(shop),
            lambda: f"{shop.name}:{shop.alias} is still locked: {shop.shares()}.",
            within_seconds,
        )

    @contextmanager
    def locked(self, shop: Shop, document: dict[str, Any]) -> Iterator[None]:
        """Hold the lock of a shop's alias for the execution of a document."""
        fields = {name: document[name] for name in ("target", "stable_version", "canary_version", "revision_id")}
        lock = {"S": json.dumps(fields | {"holder": document["execution"]})}
        entry = {"holder": {"S": document["execution"]["arn"]}, "lock_document": lock}
        key = _key(shop, "lock")
        self._client.put_item(TableName=self._table, Item=key | entry)
        try:
            yield
        finally:
            self._client.delete_item(TableName=self._table, Key=key)

    def rollouts(self, shop: Shop) -> list[dict[str, str]]:
        """Return the entries of a shop's rollouts, oldest first, with each attribute as text."""
        entries = self._query(shop, "rollout#")
        return [{name: str(*value.values()) for name, value in entry.items()} for entry in entries]

    def commands(self, shop: Shop) -> list[dict[str, str]]:
        """Return the entries of the commands to a shop's rollouts, oldest first, with each attribute as text."""
        entries = self._query(shop, "command#")
        return [{name: str(*value.values()) for name, value in entry.items()} for entry in entries]

    def evaluations(self, shop: Shop) -> list[dict[str, Any]]:
        """Return the entries of the evaluations of a shop's rollouts, oldest first."""
        return self._query(shop, "evaluation#")

    def functions(self) -> set[str]:
        """Return the names of all functions that have an entry, except what sweeps and alias events remember."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._table)
        entries = [entry for page in pages for entry in page["Items"] if _kind(entry) not in _REMEMBERED]
        return {entry["target"]["S"].split("/")[2] for entry in entries}

    def reason_to_wait(self, shop: Shop, tag: str) -> str:
        """Return why a shop's version waits for the release of a tag's value; empty where none does."""
        key = {"target": {"S": f"{shop.account}/{shop.region}/release-group/{tag}"}, "entry": {"S": "waiting"}}
        entry = self._client.get_item(TableName=self._table, Key=key).get("Item", {})
        return entry.get("reason", {}).get("S", "")

    def _query(self, shop: Shop, prefix: str) -> list[dict[str, Any]]:
        return self._client.query(
            TableName=self._table,
            KeyConditionExpression="target = :target AND begins_with(entry, :prefix)",
            ExpressionAttributeValues={":target": _key(shop, "")["target"], ":prefix": {"S": prefix}},
        )["Items"]


def _key(shop: Shop, entry: str) -> dict[str, dict[str, str]]:
    return {"target": {"S": f"{shop.account}/{shop.region}/{shop.name}/{shop.alias}"}, "entry": {"S": entry}}


def _kind(entry: dict[str, Any]) -> str:
    return entry["entry"]["S"].partition("#")[0]
