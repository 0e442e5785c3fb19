"""Tests of error translation: AwsUnavailableError for transient errors of AWS, AwsRefusedError for its others."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from rollout.aws.boto.errors import translate_aws_errors, was_repeated
from rollout.domain.errors import AliasChangedError, AwsRefusedError, AwsUnavailableError

URL = {"endpoint_url": "https://lambda.eu-west-1.amazonaws.com"}


def client_error(code: str, status: int) -> ClientError:
    answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "UpdateAlias")


def cancelled(*codes: str) -> ClientError:
    """Return the error of a transaction that DynamoDB cancelled, with the reason of each of its writes."""
    answer = {"Error": {"Code": "TransactionCanceledException", "Message": "no"}}
    return ClientError(answer | {"CancellationReasons": [{"Code": code} for code in codes]}, "TransactWriteItems")


@pytest.mark.parametrize(
    "error",
    [
        client_error("TooManyRequestsException", 429),
        client_error("SomeNewThrottle", 429),
        client_error("ThrottlingException", 400),
        client_error("Throttling", 400),
        client_error("ThrottledException", 400),
        client_error("ProvisionedThroughputExceededException", 400),
        client_error("RequestTimeout", 408),
        client_error("ServiceException", 500),
        client_error("SomethingNew", 503),
        client_error("ResourceConflictException", 409),
        client_error("TransactionConflictException", 400),
        cancelled("None", "TransactionConflict"),
        cancelled("ThrottlingError", "None"),
        ReadTimeoutError(**URL),
        ConnectTimeoutError(**URL),
        ConnectionClosedError(**URL),
        EndpointConnectionError(**URL),
    ],
)
def test_transient_error_is_unavailable(error):
    with (
        pytest.raises(AwsUnavailableError, match=r"^reading my-api: ") as unavailable,
        translate_aws_errors("reading my-api"),
    ):
        raise error
    assert unavailable.value.__cause__ is error
    assert str(unavailable.value).endswith("if that does not help, start the rollout again when AWS works normally.")


@pytest.mark.parametrize("message", ["Rate exceeded", "Rate exceeded."])
def test_message_of_aws_ends_in_one_full_stop(message):
    answer = {"Error": {"Code": "Throttling", "Message": message}}
    with (
        pytest.raises(AwsUnavailableError, match=r"Rate exceeded\. It is tried again"),
        translate_aws_errors("reading"),
    ):
        raise ClientError(answer, "GetAlias")


@pytest.mark.parametrize(("attempts", "is_repeated"), [(None, False), (0, False), (1, True)])
def test_call_that_the_client_has_sent_again_is_recognized(attempts, is_repeated):
    metadata = {} if attempts is None else {"ResponseMetadata": {"RetryAttempts": attempts}}
    answer = {"Error": {"Code": "PreconditionFailedException", "Message": "no"}} | metadata
    assert was_repeated(ClientError(answer, "UpdateAlias")) is is_repeated


@pytest.mark.parametrize(
    "error",
    [
        client_error("AccessDeniedException", 403),
        client_error("ValidationException", 400),
        cancelled("ConditionalCheckFailed", "TransactionConflict"),
        cancelled("None", "ValidationError"),
    ],
)
def test_refused_call_is_named_with_aws_message(error):
    with (
        pytest.raises(AwsRefusedError, match=r"^reading my-api: AWS refused the call ") as refused,
        translate_aws_errors("reading my-api"),
    ):
        raise error
    assert (refused.value.code, str(error) in str(refused.value)) == (error.response["Error"]["Code"], True)


@pytest.mark.parametrize("error", [NoCredentialsError(), AliasChangedError()])
def test_other_error_passes_through(error):
    with pytest.raises(type(error)) as passed, translate_aws_errors("reading my-api"):
        raise error
    assert passed.value is error
