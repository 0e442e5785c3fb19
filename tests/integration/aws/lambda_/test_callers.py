"""Tests of callers: what Lambda does not return is named, and only a missing policy, URL or mapping is none."""

import json

import boto3
import pytest
from botocore.stub import Stubber

from rollout.admission.callers import Callers
from rollout.aws.lambda_.callers import AliasCallers
from rollout.domain.errors import AwsUnavailableError
from tests.samples import TARGET

ALIAS = {"FunctionName": "my-api", "Qualifier": "live"}
MAPPINGS = {"FunctionName": "my-api:live"}
API = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}}
UUID_LENGTH = 36
ORDERS = "arn:aws:sqs:eu-west-1:123456789012:orders"


@pytest.fixture
def stubbed():
    client = boto3.client("lambda")
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def refuse(stubber, operation, code, params):
    stubber.add_client_error(operation, code, expected_params=params)


def test_policy_url_and_mappings_of_the_alias_are_read(stubbed):
    client, stubber = stubbed
    url = {
        "FunctionUrl": "https://example.lambda-url.eu-west-1.on.aws/",
        "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:my-api:live",
        "AuthType": "NONE",
        "CreationTime": "2026-03-01T12:00:00Z",
        "LastModifiedTime": "2026-03-01T12:00:00Z",
    }
    mappings = [
        {"UUID": UUID_LENGTH * "1", "EventSourceArn": ORDERS, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
        {
            "UUID": UUID_LENGTH * "2",
            "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:other",
            "FunctionResponseTypes": [],
        },
        {
            "UUID": UUID_LENGTH * "3",
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },  # self-managed Kafka has no ARN
        {"UUID": UUID_LENGTH * "4"},
    ]
    stubber.add_response("get_policy", {"Policy": json.dumps({"Statement": [API]})}, ALIAS)
    stubber.add_response("get_function_url_config", url, ALIAS)
    stubber.add_response("list_event_source_mappings", {"EventSourceMappings": mappings}, MAPPINGS)
    assert AliasCallers(client, TARGET).read() == Callers(
        http=("an API of API Gateway", "its function URL"), batches=(ORDERS, UUID_LENGTH * "3")
    )


def test_missing_policy_and_url_are_no_callers(stubbed):
    client, stubber = stubbed
    refuse(stubber, "get_policy", "ResourceNotFoundException", ALIAS)
    refuse(stubber, "get_function_url_config", "ResourceNotFoundException", ALIAS)
    stubber.add_response("list_event_source_mappings", {"EventSourceMappings": []}, MAPPINGS)
    assert AliasCallers(client, TARGET).read() == Callers()


def test_refused_operations_are_named(stubbed):
    """A permission that is missing is never read as an alias without callers."""
    client, stubber = stubbed
    refuse(stubber, "get_policy", "AccessDeniedException", ALIAS)
    refuse(stubber, "get_function_url_config", "AccessDeniedException", ALIAS)
    refuse(stubber, "list_event_source_mappings", "InvalidParameterValueException", MAPPINGS)
    assert AliasCallers(client, TARGET).read() == Callers(
        unread=(
            "the resource policy (AccessDeniedException)",
            "the function URL (AccessDeniedException)",
            "the event source mappings (InvalidParameterValueException)",
        )
    )


def test_unreadable_policy_is_named(stubbed):
    client, stubber = stubbed
    stubber.add_response("get_policy", {"Policy": "{"}, ALIAS)
    refuse(stubber, "get_function_url_config", "ResourceNotFoundException", ALIAS)
    stubber.add_response("list_event_source_mappings", {"EventSourceMappings": []}, MAPPINGS)
    assert AliasCallers(client, TARGET).read() == Callers(unread=("the resource policy (not readable)",))


def test_throttled_operation_is_retried_by_the_state_machine(stubbed):
    client, stubber = stubbed
    refuse(stubber, "get_policy", "TooManyRequestsException", ALIAS)
    with pytest.raises(AwsUnavailableError, match="reading the resource policy of my-api:live"):
        AliasCallers(client, TARGET).read()
