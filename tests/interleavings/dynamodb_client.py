"""The ledger's table in memory, with the requests and the conditions that the handlers use."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from rollout.aws.dynamodb.items import plain, typed
from tests.interleavings.actors import client_error, read_call, write_call

Item = dict[str, Any]


class ConditionFailed(ClientError):  # noqa: N818 - AWS's own name
    """When the condition of a write is not met."""


class TransactionCancelled(ClientError):  # noqa: N818 - as above
    """When the condition of one of a transaction's writes is not met."""


_CANCELLED: Any = {
    "Error": {"Code": "TransactionCanceledException"},
    "CancellationReasons": [{"Code": "ConditionalCheckFailed"}],
}


class DynamoDbClient:
    """A DynamoDB client with one table."""

    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionFailed, TransactionCanceledException=TransactionCancelled
    )

    def __init__(self, on_write: Callable[[Item | None, Item | None], None]) -> None:
        self._items: dict[tuple[str, str], Item] = {}
        self._on_write = on_write
        """Called at each write with the item before and after it."""

    def add(self, item: Item) -> None:
        """Add an item in plain values, which no handler wrote."""
        self._items[item["target"], item["entry"]] = typed(item)

    def items(self) -> list[Item]:
        """Return every item as DynamoDB has it, in key order."""
        return [self._items[key] for key in sorted(self._items)]

    def replace(self, items: list[Item]) -> None:
        """Replace every item by these, as DynamoDB has them."""
        self._items = {_key(item): item for item in items}

    def entries(self) -> list[Item]:
        """Return every item in plain values, in key order."""
        return [plain(self._items[key]) for key in sorted(self._items)]

    def entry(self, name: str) -> Item:
        """Return the item with this sort key; empty if there is none."""
        return next((item for item in self.entries() if item["entry"] == name), {})

    def get_item(self, *, Key: Item, **_: Any) -> Item:  # noqa: N803 - DynamoDB's own name
        response: Item = read_call(lambda: {"Item": item} if (item := self._items.get(_key(Key))) else {})
        return response

    def put_item(self, **request: Any) -> Item:
        response: Item = write_call(lambda: self._write(request["Item"], request, lambda _: dict(request["Item"])))
        return response

    def update_item(self, **request: Any) -> Item:
        response: Item = read_call(lambda: self._write(request["Key"], request, lambda item: _update(item, request)))
        return response

    def delete_item(self, **request: Any) -> Item:
        response: Item = write_call(lambda: self._write(request["Key"], request, lambda _: None))
        return response

    def transact_write_items(self, *, TransactItems: list[Item]) -> Item:  # noqa: N803 - DynamoDB's own name
        response: Item = write_call(lambda: self._write_together(*TransactItems))
        return response

    def query(self, **request: Any) -> Item:
        response: Item = read_call(lambda: {"Items": [*self._select(request)][: request.get("Limit")]})
        return response

    def get_paginator(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, **request: Any) -> Iterator[Item]:
        yield self.query(**request)

    def _write(self, key: Item, request: Item, change: Callable[[Item], Item | None]) -> Item:
        before = self._items.get(_key(key))
        if not _meets_condition(before or {}, request):
            raise client_error("ConditionalCheckFailedException", ConditionFailed)
        after = change(before or dict(key))
        if after is None:
            self._items.pop(_key(key), None)
        else:
            self._items[_key(key)] = after
        self._on_write(before and plain(before), after and plain(after))
        return {"Attributes": before} if before and request.get("ReturnValues") == "ALL_OLD" else {}

    def _write_together(self, first: Item, second: Item) -> Item:
        update, put = first["Update"], second["Put"]
        requests = [(update["Key"], update), (put["Item"], put)]
        if not all(_meets_condition(self._items.get(_key(key), {}), request) for key, request in requests):
            raise TransactionCancelled(_CANCELLED, "TransactWriteItems")
        self._write(update["Key"], update, lambda item: _update(item, update))
        return self._write(put["Item"], put, lambda _: dict(put["Item"]))

    def _select(self, request: Item) -> Iterator[Item]:
        values = request["ExpressionAttributeValues"]
        if "IndexName" in request:
            yield from (item for item in self._items.values() if item.get("open") == values[":kind"])
            return
        prefix = values[re.findall(r"begins_with\(entry, (:\w+)\)", request["KeyConditionExpression"])[0]]["S"]
        keys = sorted(self._items, reverse=not request.get("ScanIndexForward", True))
        partition = values[":target"]["S"]
        items = (self._items[key] for key in keys if key[0] == partition and key[1].startswith(prefix))
        filtered = {"Key": {}, **request, "ConditionExpression": request.get("FilterExpression")}
        yield from (item for item in items if _meets_condition(item, filtered))


def _key(item: Mapping[str, Any]) -> tuple[str, str]:
    return item["target"]["S"], item["entry"]["S"]


def _meets_condition(item: Item, request: Item) -> bool:
    condition = request.get("ConditionExpression") or ""
    alternatives = condition.split(" OR ") if condition else []
    return not alternatives or any(
        all(_is_true(item, term, request) for term in alternative.split(" AND ")) for alternative in alternatives
    )


def _name(request: Item, name: str) -> str:
    """Return the name of an attribute that an expression may call by a placeholder."""
    return str(request.get("ExpressionAttributeNames", {}).get(name, name))


def _is_true(item: Item, term: str, request: Item) -> bool:
    values = request.get("ExpressionAttributeValues", {})
    if absent := re.fullmatch(r"attribute_not_exists\((#?\w+)\)", term):
        return _name(request, absent[1]) not in item
    if present := re.fullmatch(r"attribute_exists\((#?\w+)\)", term):
        return _name(request, present[1]) in item
    name, *placeholders = re.findall(r"^#?\w+|:\w+", term)
    name = _name(request, name)
    if compared := re.search(r" <=? ", term):
        limit = int(values[placeholders[0]]["N"]) + (compared[0] == " <= ")
        return name in item and int(item[name]["N"]) < limit
    is_one_of = item.get(name) in [values[placeholder] for placeholder in placeholders]
    return name in item and is_one_of is not ("<>" in term)


def _update(item: Item, request: Item) -> Item:
    expression, _, additions = request["UpdateExpression"].partition("ADD ")
    assignments, _, removals = expression.removeprefix("SET ").partition("REMOVE ")
    values, after = request["ExpressionAttributeValues"], dict(item)
    for name, addend in re.findall(r"(\w+) (:\w+)", additions):  # no request adds to a placeholder
        after[name] = {"N": str(int(after.get(name, {"N": "0"})["N"]) + int(values[addend]["N"]))}
    for placeholder, if_not_exists, value in re.findall(
        r"(#?\w+) = (?:(if_not_exists)\(#?\w+, )?(:\w+)\)?", assignments
    ):
        name = _name(request, placeholder)
        after[name] = item[name] if if_not_exists and name in item else values[value]
    for placeholder in re.findall(r"#?\w+", removals):
        after.pop(_name(request, placeholder), None)
    return after
