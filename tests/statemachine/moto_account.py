"""The account in moto: its metrics, its alias and its ledger."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tests.statemachine.machine import client

LEDGER = "rollouts"


def publish_counts(version: str | None, calls: int, errors: int, after: int = 0, seconds: int = 60) -> None:
    """Publish a version's calls and errors per second, from five seconds ago; None is the alias's unversioned series.

    Only the seconds from `after` up to `seconds` get a datapoint.
    """
    dimensions = {"FunctionName": "shop", "Resource": "shop:live"} | ({"ExecutedVersion": version} if version else {})
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=5)
    for metric, value in {"Invocations": calls, "Errors": errors}.items():
        data: list[Any] = [
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
                "Timestamp": start + timedelta(seconds=second),
                "Value": value,
            }
            for second in range(after, seconds)
        ]
        client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)


def publish_healthy_counts() -> None:
    """Publish a healthy canary, stable, and the alias after a promotion."""
    publish_counts("1", calls=900, errors=1)
    publish_counts("2", calls=100, errors=0)
    publish_counts(None, calls=1000, errors=1)


def publish_unhealthy_counts() -> None:
    """Publish a canary whose calls fail far more often than those of stable."""
    publish_counts("1", calls=900, errors=1)
    publish_counts("2", calls=100, errors=40)


def alias() -> tuple[str, Mapping[str, float]]:
    """Return the alias's version and its additional weights."""
    response = client("lambda").get_alias(FunctionName="shop", Name="live")
    return response["FunctionVersion"], response.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})


def move_alias() -> None:
    """Point the alias at a new third version, as another writer does."""
    functions = client("lambda")
    functions.update_function_code(FunctionName="shop", ZipFile=b"three", Publish=True)
    functions.update_alias(
        FunctionName="shop", Name="live", FunctionVersion="3", RoutingConfig={"AdditionalVersionWeights": {}}
    )


def create_ledger() -> None:
    keys: dict[str, Any] = {"target": "HASH", "entry": "RANGE"}
    client("dynamodb").create_table(
        TableName=LEDGER,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
    )


def ledger() -> list[dict[str, str]]:
    """Return the string fields of every entry, in order of the entries' names."""
    items = client("dynamodb").scan(TableName=LEDGER)["Items"]
    entries = [{key: value["S"] for key, value in item.items() if "S" in value} for item in items]
    return sorted(entries, key=lambda entry: entry["entry"])


def outcome() -> str:
    """Return the outcome in the ledger's only rollout."""
    return next(entry["outcome"] for entry in ledger() if entry["entry"].startswith("rollout#"))


def answer_provisioned_concurrency(functions: Any) -> None:
    """Let GetProvisionedConcurrencyConfig answer as Lambda does for an alias without any; moto does not know it."""
    response = {"Error": {"Code": "ProvisionedConcurrencyConfigNotFoundException", "Message": "none"}}
    functions.meta.events.register(
        "before-call.lambda.GetProvisionedConcurrencyConfig",
        lambda **_: (AWSResponse("", 404, HTTPHeaders(), None), response),
    )
