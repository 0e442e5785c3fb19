"""The ledger's table, read and written one item at a time."""

from typing import TYPE_CHECKING, Any

from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.dynamodb.items import plain, typed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Table:
    """The items of one table. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def find(self, key: dict[str, str]) -> dict[str, Any]:
        """Return an item as it is this moment; empty where there is none."""
        with translate_aws_errors("reading the ledger"):
            answer = self._client.get_item(TableName=self._name, Key=typed(key), ConsistentRead=True)
        return plain(answer.get("Item", {}))

    def put(self, item: dict[str, Any], **condition: Any) -> bool:  # noqa: ANN401 - DynamoDB's own words
        """Write a whole item; False where the condition forbids it."""
        return self._done(self._client.put_item, Item=typed(item), **condition)

    def update(self, key: dict[str, str], **change: Any) -> bool:  # noqa: ANN401 - DynamoDB's own words
        """Change an item; False where the condition forbids it."""
        return self._done(self._client.update_item, Key=typed(key), **change)

    def delete(self, key: dict[str, str], **condition: Any) -> bool:  # noqa: ANN401 - DynamoDB's own words
        """Delete an item; False where the condition forbids it."""
        return self._done(self._client.delete_item, Key=typed(key), **condition)

    def _done(self, write: Any, **request: Any) -> bool:  # noqa: ANN401 - one of the client's own methods
        with translate_aws_errors("writing the ledger"):
            try:
                write(TableName=self._name, **request)
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
        return True
