"""Reads and writes single items of the ledger table."""

from typing import TYPE_CHECKING, Any

from rollout.aws.boto.errors import has_failed_condition, translate_aws_errors
from rollout.aws.dynamodb.items import OPEN, plain, typed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Table:
    """One table. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def find(self, key: dict[str, str]) -> dict[str, Any]:
        """Return an item by a consistent read; empty where there is none."""
        with translate_aws_errors("reading the ledger"):
            answer = self._client.get_item(TableName=self._name, Key=typed(key), ConsistentRead=True)
        return plain(answer.get("Item", {}))

    def find_open(self, kind: str) -> list[dict[str, Any]]:
        """Return the items of a kind in the index of open entries, which is eventually consistent."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            IndexName=OPEN,
            KeyConditionExpression="#open = :kind",
            ExpressionAttributeNames={"#open": OPEN},
            ExpressionAttributeValues=typed({":kind": kind}),
        )
        with translate_aws_errors("reading the ledger"):
            return [plain(item) for page in pages for item in page["Items"]]

    def newest(self, partition_key: str, prefix: str, limit: int) -> list[dict[str, Any]]:
        """Return the last items of a partition whose sort key has a prefix, the last first, by a consistent read."""
        with translate_aws_errors("reading the ledger"):
            answer = self._client.query(
                TableName=self._name,
                KeyConditionExpression="target = :target AND begins_with(entry, :prefix)",
                ExpressionAttributeValues=typed({":target": partition_key, ":prefix": prefix}),
                ScanIndexForward=False,
                Limit=limit,
                ConsistentRead=True,
            )
        return [plain(item) for item in answer["Items"]]

    def put(self, item: dict[str, Any], **condition: Any) -> bool:  # noqa: ANN401 - the parameters of PutItem
        """Write an item; False where the condition fails."""
        return self._write(self._client.put_item, Item=typed(item), **condition) is not None

    def update(self, key: dict[str, str], **change: Any) -> bool:  # noqa: ANN401 - the parameters of UpdateItem
        """Change an item; False where the condition fails."""
        return self._write(self._client.update_item, Key=typed(key), **change) is not None

    def exchange(self, key: dict[str, str], **change: Any) -> dict[str, Any] | None:  # noqa: ANN401 - as above
        """Change an item and return it as it was before; None where the condition fails."""
        answer = self._write(self._client.update_item, Key=typed(key), ReturnValues="ALL_OLD", **change)
        return None if answer is None else plain(answer.get("Attributes", {}))

    def delete(self, key: dict[str, str], **condition: Any) -> bool:  # noqa: ANN401 - the parameters of DeleteItem
        """Delete an item; False where the condition fails."""
        return self._write(self._client.delete_item, Key=typed(key), **condition) is not None

    def update_and_put(self, key: dict[str, str], change: dict[str, Any], item: dict[str, Any]) -> bool:
        """Change an item and create another one, both or neither; False where the condition fails or the other exists.

        While the transaction runs, other writes to the two items fail with an error that is tried again.
        """
        update: Any = {"TableName": self._name, "Key": typed(key)} | change
        put: Any = {"TableName": self._name, "Item": typed(item), "ConditionExpression": "attribute_not_exists(entry)"}
        with translate_aws_errors("writing the ledger"):
            try:
                self._client.transact_write_items(TransactItems=[{"Update": update}, {"Put": put}])
            except self._client.exceptions.TransactionCanceledException as error:
                if not has_failed_condition(error):
                    raise
                return False
        return True

    def _write(self, method: Any, **parameters: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a method of the client
        """Return the answer; None where the condition fails."""
        with translate_aws_errors("writing the ledger"):
            try:
                answer: dict[str, Any] = method(TableName=self._name, **parameters)
            except self._client.exceptions.ConditionalCheckFailedException:
                return None
        return answer
