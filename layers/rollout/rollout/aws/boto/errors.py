"""Translates the errors of AWS into the errors of this package."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's own

from rollout.domain.errors import AwsRefusedError, AwsUnavailableError, MemberAccessDeniedError
from rollout.domain.text import as_sentence

_TRANSIENT_CODES = (
    "ExecutionLimitExceeded",
    "InternalError",
    "InternalException",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "InternalServiceException",
    "InternalServiceFault",
    "KMSThrottling",
    "KmsThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "ResourceConflictException",
    "ServiceException",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
)

_TRANSIENT_REASONS = {"None", "ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}
"""The reasons for which DynamoDB cancels a transaction that may succeed later; None is that of its other writes."""

_REPEATED = "It is tried again; if that does not help, start the rollout again when AWS works normally."


@contextmanager
def translate_aws_errors(action: str) -> Iterator[None]:
    """Raise AwsUnavailableError where AWS is throttling, failing or unreachable; `action` begins its message.

    Raises MemberAccessDeniedError where the role of a member account cannot be assumed, and AwsRefusedError for every
    other error code of AWS.
    """
    try:
        yield
    except ClientError as error:
        if is_transient(error):
            raise AwsUnavailableError(f"{action}: AWS answered {as_sentence(error)} {_REPEATED}") from error
        if error.operation_name == "AssumeRole":
            raise MemberAccessDeniedError(f"{action}: {_format_access_denied(error)}") from error
        raise AwsRefusedError(f"{action}: {_format_refusal(error)}", error_code(error)) from error
    except (ConnectionError, HTTPClientError) as error:
        raise AwsUnavailableError(f"{action}: {as_sentence(error)} {_REPEATED}") from error


def _format_access_denied(error: ClientError) -> str:
    return (
        "the member account does not let Lambda Rollouts assume its role"
        f" ({error.response['Error'].get('Message', error_code(error))}). Deploy template-member.yaml in that account"
        " and region with this stack's outputs and its MemberExternalId (docs/accounts.md), then start the rollout"
        " again."
    )


def _format_refusal(error: ClientError) -> str:
    return (
        f"AWS refused the call ({error}). Grant the role of this task what the message names, or correct it, and start"
        " the rollout again."
    )


def error_code(error: ClientError) -> str:
    """Return the error code of AWS, such as ResourceNotFoundException."""
    return error.response["Error"]["Code"]


def was_repeated(error: ClientError) -> bool:
    """Whether the client has sent the refused call more than once, so that an earlier attempt may have been made."""
    attempts: int = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    return attempts > 0


def is_transient(error: ClientError) -> bool:
    """Whether AWS is throttling or failing, so that the same call may succeed later."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    is_failing = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return is_failing or error_code(error) in _TRANSIENT_CODES or _is_transient_cancellation(error)


def is_throttled_by_lambda(error: AwsUnavailableError) -> bool:
    """Whether Lambda throttled the call: the account's control-plane calls of this second are used up."""
    cause = error.__cause__
    return isinstance(cause, ClientError) and error_code(cause) == "TooManyRequestsException"


def has_failed_condition(error: ClientError) -> bool:
    """Whether DynamoDB cancelled a transaction because the condition of one of its writes is not met."""
    return "ConditionalCheckFailed" in _cancellation_reasons(error)


def _is_transient_cancellation(error: ClientError) -> bool:
    reasons = _cancellation_reasons(error)
    return bool(reasons) and reasons <= _TRANSIENT_REASONS


def _cancellation_reasons(error: ClientError) -> set[str]:
    """Return the reason of each write of a cancelled transaction; empty for other errors."""
    return {reason["Code"] for reason in error.response.get("CancellationReasons", [])}
