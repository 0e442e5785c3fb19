"""The ledger's table in memory: the requests that our adapters make, and the conditions they make them on."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from rollout.aws.dynamodb.items import plain
from tests.interleavings.actors import read, refusal, written

Item = dict[str, Any]


class ConditionFailed(ClientError):  # noqa: N818 - AWS's own word
    """When the condition of a write does not hold."""


class Table:
    """A DynamoDB client, and the one table it knows."""

    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionFailed)

    def __init__(self, seen: Callable[[Item | None, Item | None], None]) -> None:
        self._items: dict[tuple[str, str], Item] = {}
        self._seen = seen
        """Is told of each item that changes: before and after."""

    def entries(self) -> list[Item]:
        """Return every item in plain values, in order."""
        return [plain(self._items[key]) for key in sorted(self._items)]

    def entry(self, name: str) -> Item:
        """Return the one item of this name; empty where there is none."""
        return next((item for item in self.entries() if item["entry"] == name), {})

    def get_item(self, *, Key: Item, **_: Any) -> Item:  # noqa: N803 - DynamoDB's own words, here and below
        return read(lambda: {"Item": found} if (found := self._items.get(_key(Key))) else {})

    def put_item(self, **request: Any) -> None:
        written(lambda: self._write(request["Item"], request, lambda _: dict(request["Item"])))

    def update_item(self, **request: Any) -> None:
        written(lambda: self._write(request["Key"], request, lambda item: _updated(item, request)))

    def delete_item(self, **request: Any) -> None:
        written(lambda: self._write(request["Key"], request, lambda _: None))

    def query(self, **request: Any) -> Item:
        return read(lambda: {"Items": [*self._found(request)][: request.get("Limit")]})

    def get_paginator(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, **request: Any) -> Iterator[Item]:
        yield self.query(**request)

    def _write(self, key: Item, request: Item, change: Callable[[Item], Item | None]) -> None:
        before = self._items.get(_key(key))
        if not _holds(before or {}, request):
            raise refusal("ConditionalCheckFailedException", ConditionFailed)
        after = change(before or dict(key))
        if after is None:
            self._items.pop(_key(key), None)
        else:
            self._items[_key(key)] = after
        self._seen(before and plain(before), after and plain(after))

    def _found(self, request: Item) -> Iterator[Item]:
        values = request["ExpressionAttributeValues"]
        if "IndexName" in request:
            yield from (item for item in self._items.values() if item.get("open") == values[":lock"])
            return
        start = values[re.findall(r"begins_with\(entry, (:\w+)\)", request["KeyConditionExpression"])[0]]["S"]
        keys = sorted(self._items, reverse=not request.get("ScanIndexForward", True))
        found = (self._items[key] for key in keys if key[1].startswith(start))
        wanted = {"Key": {}, **request, "ConditionExpression": request.get("FilterExpression")}
        yield from (item for item in found if _holds(item, wanted))


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["target"]["S"], item["entry"]["S"]


def _holds(item: Item, request: Item) -> bool:
    condition = request.get("ConditionExpression") or ""
    ways = condition.split(" OR ") if condition else []
    return not ways or any(
        all(_fact(item, fact, request.get("ExpressionAttributeValues", {})) for fact in way.split(" AND "))
        for way in ways
    )


def _fact(item: Item, fact: str, values: Item) -> bool:
    if absent := re.fullmatch(r"attribute_not_exists\((\w+)\)", fact):
        return absent[1] not in item
    name, *wanted = re.findall(r"^\w+|:\w+", fact)
    is_one_of = item.get(name) in [values[one] for one in wanted]
    return name in item and is_one_of is not ("<>" in fact)


def _updated(item: Item, request: Item) -> Item:
    sets, _, removed = request["UpdateExpression"].removeprefix("SET ").partition(" REMOVE ")
    values, after = request["ExpressionAttributeValues"], dict(item)
    for name, kept, value in re.findall(r"(\w+) = (?:(if_not_exists)\(\w+, )?(:\w+)\)?", sets):
        after[name] = item[name] if kept and name in item else values[value]
    for name in re.findall(r"#?\w+", removed):
        after.pop(request.get("ExpressionAttributeNames", {}).get(name, name), None)
    return after
