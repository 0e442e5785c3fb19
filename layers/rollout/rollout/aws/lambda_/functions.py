"""Reads functions and their tags.

GetFunction also replaces GetFunctionConfiguration: it has its own quota of 100 calls per second, while almost every
other operation of Lambda shares a quota of 15.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.errors import TagsUnreadableError, UnknownFunctionError
from rollout.domain.identity import AccountRegion
from rollout.domain.tags import tagged_alias

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef


class FunctionLookup:
    """One function. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "LambdaClient", account_region: AccountRegion, function: str) -> None:
        self._client = client
        self._account_region = account_region
        self._function = function

    @cached_property
    def _latest(self) -> "GetFunctionResponseTypeDef":
        """The function as GetFunction returns it without a qualifier, the only answer with tags; read once."""
        function = self._get()
        if function is None:
            raise UnknownFunctionError(
                f"There is no function {self._function} in {self._account_region}: correct the name"
                " (aws lambda list-functions), or deploy the function first."
            )
        return function

    @cached_property
    def tags(self) -> dict[str, str]:
        """The tags of the function, read once; raises UnknownFunctionError or TagsUnreadableError."""
        function = self._latest
        # Without the permission lambda:ListTags, GetFunction succeeds and leaves the tags out.
        if error := function.get("TagsError"):
            raise TagsUnreadableError(
                f"Lambda does not return the tags of {self._function} ({error['ErrorCode']}: {error['Message']}): grant"
                " lambda:ListTags to the role of this task, and start the rollout again."
            )
        return function.get("Tags", {})

    def require(self) -> None:
        """Raise UnknownFunctionError where the function does not exist."""
        _ = self._latest

    @property
    def opted_in_alias(self) -> str | None:
        """The alias that the opt-in tag names; None without a valid tag."""
        return tagged_alias(self.tags)

    def _get(self, qualifier: str | None = None) -> "GetFunctionResponseTypeDef | None":
        # Lambda returns the tags only where the request has no qualifier: `$LATEST` is one.
        qualified: Any = {"Qualifier": qualifier} if qualifier else {}
        with translate_aws_errors(f"reading {self._function}"):
            try:
                return self._client.get_function(FunctionName=self._function, **qualified)
            except self._client.exceptions.ResourceNotFoundException:
                return None


def lookup(account_region: AccountRegion, function: str) -> FunctionLookup:
    """Return the adapter that reads a function."""
    return FunctionLookup(clients.client_for(account_region, clients.lambda_client), account_region, function)


def fast_lookup(account_region: AccountRegion, function: str) -> FunctionLookup:
    """Return the adapter for a task that goes on without an answer: it gives up within seven seconds."""
    return FunctionLookup(clients.client_for(account_region, clients.fast_lambda_client), account_region, function)
