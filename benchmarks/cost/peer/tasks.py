"""The peer's tasks. They make the calls that the published deployer makes, with its limits: no revision, one minute."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

Document = dict[str, Any]


def plan(event: Document, _context: object) -> list[float]:
    """Return the weights of the new version: equal steps up to 1."""
    return [round(number / event["steps"], 2) for number in range(1, event["steps"] + 1)]


def shift(event: Document, _context: object) -> float:
    """Give the new version its next weight, and return it."""
    weights: list[float] = event["weights"]
    weight = weights[weights.index(event["weight"]) + 1] if "weight" in event else weights[0]
    _update(event, RoutingConfig={"AdditionalVersionWeights": {event["version"]: weight}})
    return weight


def check(event: Document, _context: object) -> bool:
    """Return whether the new version had no error in the last minute; True also where there is no datapoint."""
    function, now = event["function"], datetime.now(UTC)
    dimensions = {
        "FunctionName": function,
        "Resource": f"{function}:{event['alias']}",
        "ExecutedVersion": event["version"],
    }
    answer = boto3.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(minutes=1),
        EndTime=now,
        Period=60,
        Statistics=["Sum"],
    )
    return not any(datapoint["Sum"] for datapoint in answer["Datapoints"])


def finish(event: Document, _context: object) -> Document:
    """Point the alias at the new version."""
    _update(event, FunctionVersion=event["version"], RoutingConfig={"AdditionalVersionWeights": {}})
    return event


def undo(event: Document, _context: object) -> Document:
    """Give the old version all traffic."""
    _update(event, RoutingConfig={"AdditionalVersionWeights": {}})
    return event


def _update(event: Document, **changes: Any) -> None:  # noqa: ANN401 - the arguments of UpdateAlias
    boto3.client("lambda").update_alias(FunctionName=event["function"], Name=event["alias"], **changes)
