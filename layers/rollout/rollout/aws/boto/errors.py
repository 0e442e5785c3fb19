"""Turns AWS's refusals into our errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own

from rollout.domain.errors import AwsUnavailableError, MemberAccessDeniedError

_TRY_AGAIN = (
    "InternalFailure",
    "InternalServerError",
    "InternalServiceFault",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "ResourceConflictException",
    "ServiceException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
)


@contextmanager
def translate_aws_errors(asking: str) -> Iterator[None]:
    """Raise AwsUnavailableError where AWS could not answer, by the words of what it was asked.

    A clear answer passes through as it is, a refusal as botocore's ClientError; but for another account's refusal to
    let us in, which is a MemberAccessDeniedError.
    """
    try:
        yield
    except ClientError as error:
        if error_code(error) in _TRY_AGAIN or _is_passing(_status(error)):
            raise AwsUnavailableError(f"{asking}: AWS answered {error}") from error
        if error.operation_name == "AssumeRole":
            raise MemberAccessDeniedError(f"{asking}: {_not_let_in(error)}") from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise AwsUnavailableError(f"{asking}: {error}") from error


def _not_let_in(error: ClientError) -> str:
    return (
        f"the account does not let Lambda Rollouts in ({error.response['Error'].get('Message', error_code(error))})."
        " Deploy template-member.yaml in that account and region with this stack's outputs and its MemberExternalId"
        " (docs/accounts.md), and start again."
    )


def error_code(error: ClientError) -> str:
    """Return AWS's own code for a refusal, such as ResourceNotFoundException."""
    return error.response["Error"]["Code"]


def _is_passing(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
