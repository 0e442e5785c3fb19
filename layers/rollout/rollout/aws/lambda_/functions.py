"""Reads functions and their versions.

GetFunction is used even where GetFunctionConfiguration would do: it has a budget of 100 calls a second of its own,
while nearly everything else in Lambda's API shares 15.
"""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from rollout.admission.facts import FunctionFacts, VersionFacts
from rollout.admission.request import RolloutRequest
from rollout.admission.tags import tagged_alias
from rollout.aws.boto.errors import translate_aws_errors
from rollout.aws.lambda_.alias import LambdaAlias
from rollout.domain.errors import TagsUnreadableError, UnknownFunctionError
from rollout.domain.identity import AccountRegion
from rollout.state.alias import AliasState

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef


class FunctionLookup:
    """One function, read as often as needed and not more. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "LambdaClient", account_region: AccountRegion, function: str) -> None:
        self._client = client
        self._place = account_region
        self._function = function

    @cached_property
    def tags(self) -> dict[str, str]:
        """The function's tags; raises UnknownFunctionError or TagsUnreadableError."""
        found = self._get()
        if found is None:
            raise UnknownFunctionError(
                f"There is no function {self._function} in {self._place}: check the name (aws lambda list-functions),"
                " or deploy it first."
            )
        # GetFunction succeeds without them where lambda:ListTags is not allowed: no tags would be a false reading.
        if refused := found.get("TagsError"):
            raise TagsUnreadableError(
                f"Lambda does not show the tags of {self._function} ({refused['ErrorCode']}: {refused['Message']}):"
                " allow lambda:ListTags to the function that asks, and start again."
            )
        return found.get("Tags", {})

    @property
    def opted_in_alias(self) -> str | None:
        """The alias the function's tag hands over to us; None without the tag, or where it names none."""
        return tagged_alias(self.tags)

    def facts(self, request: RolloutRequest) -> FunctionFacts:
        """Return what a request meets; where it names no version, the newest one is the canary."""
        target = request.target(self.opted_in_alias)
        alias = LambdaAlias(self._client, target).find()
        canary, newest = self._canary(request.version)
        return FunctionFacts(
            target=target,
            tags=self.tags,
            newest_version=newest,
            alias=alias,
            stable=self._version(alias.version) if alias else None,
            canary=canary,
            concurrency_in_progress=self._capacity_moving(target.alias, alias),
        )

    def _canary(self, version: str | None) -> tuple[VersionFacts | None, str | None]:
        """Return the version asked for, and the newest one where that had to be looked up."""
        if version and (asked := self._version(version)):
            return asked, None
        newest = self._newest()
        return (self._version(newest) if newest and not version else None), newest

    def _get(self, qualifier: str = "$LATEST") -> "GetFunctionResponseTypeDef | None":
        with translate_aws_errors(f"reading {self._function}"):
            try:
                return self._client.get_function(FunctionName=self._function, Qualifier=qualifier)
            except self._client.exceptions.ResourceNotFoundException:
                return None

    def _version(self, version: str) -> VersionFacts | None:
        found = self._get(version)
        if found is None:
            return None
        configuration = found["Configuration"]
        return VersionFacts(
            version=version,
            state=configuration["State"],
            state_reason=configuration.get("StateReason", ""),
            role=configuration["Role"],
            dead_letter_target=configuration.get("DeadLetterConfig", {}).get("TargetArn") or None,
        )

    def newest(self) -> tuple[str, datetime] | None:
        """Return the newest published version and when it was published; None where there is none."""
        pages = self._client.get_paginator("list_versions_by_function").paginate(FunctionName=self._function)
        with translate_aws_errors(f"listing the versions of {self._function}"):
            published = {
                int(found["Version"]): found["LastModified"]
                for page in pages
                for found in page["Versions"]
                if found["Version"] != "$LATEST"
            }
        if not published:
            return None
        return str(max(published)), datetime.fromisoformat(published[max(published)])

    def _newest(self) -> str | None:
        newest = self.newest()
        return newest[0] if newest else None

    def _capacity_moving(self, alias: str, found: AliasState | None) -> bool:
        if found is None:
            return False
        with translate_aws_errors(f"reading the provisioned concurrency of {self._function}:{alias}"):
            try:
                capacity = self._client.get_provisioned_concurrency_config(FunctionName=self._function, Qualifier=alias)
            except self._client.exceptions.ProvisionedConcurrencyConfigNotFoundException:
                return False
        return capacity["Status"] == "IN_PROGRESS"
