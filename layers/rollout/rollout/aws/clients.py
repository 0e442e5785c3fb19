"""Makes the boto3 clients, once for each service a Lambda uses."""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from rollout.aws.throttles import count_throttles

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_stepfunctions import SFNClient

# Four tries of at most 2 + 5 seconds, with jittered pauses below 20 seconds in all, end before the Lambda's 60.
CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})

# News is not worth a task's time: two tries end within seven seconds.
HASTY = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})


@cache
def lambda_client() -> "LambdaClient":
    """Return the client for functions, versions and aliases."""
    return count_throttles(boto3.client("lambda", config=CONFIG))


@cache
def cloudtrail_client() -> "CloudTrailClient":
    """Return the client for who did what."""
    return count_throttles(boto3.client("cloudtrail", config=CONFIG))


@cache
def cloudwatch_client() -> "CloudWatchClient":
    """Return the client for metrics."""
    return count_throttles(boto3.client("cloudwatch", config=CONFIG))


@cache
def dynamodb_client() -> "DynamoDBClient":
    """Return the client for the ledger."""
    return count_throttles(boto3.client("dynamodb", config=CONFIG))


@cache
def tagging_client() -> "ResourceGroupsTaggingAPIClient":
    """Return the client that finds functions by their tags."""
    return count_throttles(boto3.client("resourcegroupstaggingapi", config=CONFIG))


@cache
def stepfunctions_client() -> "SFNClient":
    """Return the client that starts executions."""
    return count_throttles(boto3.client("stepfunctions", config=CONFIG))


@cache
def events_client() -> "EventBridgeClient":
    """Return the client that sends news."""
    return count_throttles(boto3.client("events", config=HASTY))


@cache
def sns_client() -> "SNSClient":
    """Return the client that tells people."""
    return count_throttles(boto3.client("sns", config=HASTY))
