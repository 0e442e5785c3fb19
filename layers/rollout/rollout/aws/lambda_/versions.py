"""Finds the newest published version of a function: exactly, or with a bounded number of calls."""

from typing import TYPE_CHECKING

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.identity import Target
from rollout.domain.lambda_names import NewestVersion, newest_version

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

LONGEST_GAP = 10
"""How many numbers without a version in a row end the search for a newer one."""

MOST_TRIED = 60
"""How many numbers one search tries at most."""


class Versions:
    """The published versions of a function. Each method may raise AwsUnavailableError."""

    def __init__(self, client: "LambdaClient", function: str) -> None:
        self._client = client
        self._function = function

    def find_newest(self) -> str | None:
        """Return the newest version; None where there is none. Reads every page, each of at most 50 versions."""
        pages = self._client.get_paginator("list_versions_by_function").paginate(FunctionName=self._function)
        with translate_aws_errors(f"listing the versions of {self._function}"):
            return newest_version(version["Version"] for page in pages for version in page["Versions"])

    def find_newest_from(self, known: str) -> NewestVersion | None:
        """Return the newest version, at least `known`, after at most 61 calls; None where there is none.

        Lambda lists the oldest versions first, so the pages of a function with many versions are not read: their
        numbers rise, so the numbers above `known` are tried until ten in a row have no version.
        """
        with translate_aws_errors(f"listing the versions of {self._function}"):
            page = self._client.list_versions_by_function(FunctionName=self._function)
        newest = newest_version(version["Version"] for version in page["Versions"])
        if newest is None or "NextMarker" not in page:
            return NewestVersion(version=newest, is_certain=True) if newest else None
        return self._climb(max(int(known), int(newest)))

    def _climb(self, newest: int) -> NewestVersion:
        for tried in range(newest + 1, newest + 1 + MOST_TRIED):
            if self._exists(tried):
                newest = tried
            elif tried - newest >= LONGEST_GAP:
                return NewestVersion(version=str(newest), is_certain=True)
        return NewestVersion(version=str(newest), is_certain=False)

    def _exists(self, version: int) -> bool:
        with translate_aws_errors(f"reading version {version} of {self._function}"):
            try:
                self._client.get_function(FunctionName=self._function, Qualifier=str(version))
            except self._client.exceptions.ResourceNotFoundException:
                return False
        return True


def versions_of(target: Target) -> Versions:
    """Return the adapter that finds the versions of a target's function."""
    return Versions(clients.client_for(target.account_region, clients.lambda_client), target.function)
