"""What passes by itself is tried again; a clear answer is not."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import AliasChangedError, AwsUnavailableError

URL = {"endpoint_url": "https://lambda.eu-west-1.amazonaws.com"}


def refusal(code: str, status: int) -> ClientError:
    answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "UpdateAlias")


@pytest.mark.parametrize(
    "error",
    [
        refusal("TooManyRequestsException", 429),
        refusal("SomeNewThrottle", 429),
        refusal("ThrottlingException", 400),
        refusal("Throttling", 400),
        refusal("ProvisionedThroughputExceededException", 400),
        refusal("RequestTimeout", 408),
        refusal("ServiceException", 500),
        refusal("SomethingNew", 503),
        refusal("ResourceConflictException", 409),
        ReadTimeoutError(**URL),
        ConnectTimeoutError(**URL),
        ConnectionClosedError(**URL),
        EndpointConnectionError(**URL),
    ],
)
def test_what_passes_by_itself_is_unavailability(error):
    with (
        pytest.raises(AwsUnavailableError, match=r"^reading my-api: ") as unavailable,
        translate_aws_errors("reading my-api"),
    ):
        raise error
    assert unavailable.value.__cause__ is error


@pytest.mark.parametrize(
    "error",
    [
        refusal("AccessDeniedException", 403),
        refusal("ValidationException", 400),
        NoCredentialsError(),
        AliasChangedError(),
    ],
)
def test_a_clear_answer_is_passed_on(error):
    with pytest.raises(type(error)) as passed, translate_aws_errors("reading my-api"):
        raise error
    assert passed.value is error
