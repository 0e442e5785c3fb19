"""Changes entries of the ledger in moto, as no release writes them."""

from rollout.aws.dynamodb.items import partition, plain, typed
from tests.integration.conftest import client


def change_entry(target, kind, **changes):
    """Give attributes of the first entry of a kind other values; None removes one."""
    table = client("dynamodb")
    names = {"#target": "target"}
    values = typed({":target": partition(target), ":kind": kind})
    found = table.query(
        TableName="ledger",
        KeyConditionExpression="#target = :target AND begins_with(entry, :kind)",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )["Items"][0]
    item = plain(found) | changes
    table.put_item(TableName="ledger", Item=typed({name: value for name, value in item.items() if value is not None}))
