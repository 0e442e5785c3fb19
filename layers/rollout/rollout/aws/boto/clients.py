"""Creates the boto3 clients, one per service; for a member account, one per service, account and region."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import boto3

from rollout.aws import settings
from rollout.aws.boto.sessions import member_session, own_session
from rollout.aws.boto.throttle_metric import count_throttles
from rollout.aws.boto.timeouts import CONFIG, FAST_CONFIG
from rollout.domain.identity import AccountRegion

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

_Client = TypeVar("_Client")


class LogsClient(Protocol):
    """The operations of CloudWatch Logs that are used; the type stubs of that service are not installed."""

    def start_query(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - the arguments of the API
        """Start a query and return its `queryId`."""

    def get_query_results(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803 - the API's name
        """Return the status of a query and its results."""

    def stop_query(self, *, queryId: str) -> dict[str, Any]:  # noqa: N803 - the API's name
        """Stop a query."""


class S3Client(Protocol):
    """The operation of S3 that is used; the type stubs of that service are not installed."""

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - the API's names
        """Return an object with its `Body`."""


@cache
def s3_client() -> S3Client:
    """Return the client for the lists of releases."""
    client: Any = count_throttles(_session().client("s3", config=CONFIG))
    return cast("S3Client", client)


@cache
def lambda_client(member: AccountRegion | None = None) -> "LambdaClient":
    """Return the client for functions, versions and aliases."""
    return count_throttles(_session(member).client("lambda", config=CONFIG))


@cache
def fast_lambda_client(member: AccountRegion | None = None) -> "LambdaClient":
    """Return the client for a function's tags during an evaluation, which goes on without them."""
    return count_throttles(_session(member).client("lambda", config=FAST_CONFIG))


@cache
def cloudtrail_client(member: AccountRegion | None = None) -> "CloudTrailClient":
    """Return the client for the history of API calls."""
    return count_throttles(_session(member).client("cloudtrail", config=CONFIG))


@cache
def cloudwatch_client(member: AccountRegion | None = None) -> "CloudWatchClient":
    """Return the client for metrics and alarms."""
    return count_throttles(_session(member).client("cloudwatch", config=CONFIG))


@cache
def logs_client(member: AccountRegion | None = None) -> LogsClient:
    """Return the client that queries log groups."""
    client: LogsClient = count_throttles(_session(member).client("logs", config=CONFIG))
    return client


@cache
def fast_logs_client(member: AccountRegion | None = None) -> LogsClient:
    """Return the client that reads a canary's log after a rollback, which ends without it."""
    client: LogsClient = count_throttles(_session(member).client("logs", config=FAST_CONFIG))
    return client


@cache
def fast_cloudwatch_client(member: AccountRegion | None = None) -> "CloudWatchClient":
    """Return the client for the calls that a canary's log is held against."""
    return count_throttles(_session(member).client("cloudwatch", config=FAST_CONFIG))


@cache
def dynamodb_client() -> "DynamoDBClient":
    """Return the client for the ledger."""
    return count_throttles(_session().client("dynamodb", config=CONFIG))


@cache
def tagging_client(member: AccountRegion | None = None) -> "ResourceGroupsTaggingAPIClient":
    """Return the client that finds functions by their tags."""
    return count_throttles(_session(member).client("resourcegroupstaggingapi", config=CONFIG))


@cache
def ssm_client() -> "SSMClient":
    """Return the client for stored policies."""
    return count_throttles(_session().client("ssm", config=CONFIG))


@cache
def stepfunctions_client() -> "SFNClient":
    """Return the client for executions."""
    return count_throttles(_session().client("stepfunctions", config=CONFIG))


@cache
def events_client() -> "EventBridgeClient":
    """Return the client that publishes rollout events."""
    return count_throttles(_session().client("events", config=FAST_CONFIG))


@cache
def sns_client() -> "SNSClient":
    """Return the client that publishes notifications."""
    return count_throttles(_session().client("sns", config=FAST_CONFIG))


def client_for(account_region: AccountRegion, client: Callable[..., _Client]) -> _Client:
    """Return the client for an account and region; raises OtherAccountError without member accounts."""
    return client() if account_region == settings.home() else client(account_region)


def _session(member: AccountRegion | None = None) -> boto3.Session:
    return member_session(member) if member else own_session()
