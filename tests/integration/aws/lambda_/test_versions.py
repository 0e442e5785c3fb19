"""Tests of the search for the newest version: exact for a request, bounded for a sweep."""

from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.aws.lambda_.versions import LONGEST_GAP, MOST_TRIED, Versions
from rollout.domain.errors import AwsUnavailableError
from rollout.domain.lambda_names import NewestVersion
from tests.integration.conftest import client


class Lambda:
    """A Lambda client of a function with these versions, which lists the oldest first, 50 on a page."""

    exceptions = client("lambda").exceptions

    def __init__(self, *versions: int) -> None:
        self._listed = ["$LATEST", "$LATEST.PUBLISHED", *map(str, versions)]
        self.calls: list[str] = []

    def list_versions_by_function(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803 - Lambda's own name
        self.calls.append(f"page of {FunctionName}")
        more = {"NextMarker": "more"} if len(self._listed) > 50 else {}
        return {"Versions": [{"Version": version} for version in self._listed[:50]]} | more

    def get_function(self, FunctionName: str, Qualifier: str) -> None:  # noqa: N803
        self.calls.append(f"{FunctionName}:{Qualifier}")
        if Qualifier not in self._listed:
            raise self.exceptions.ResourceNotFoundException({"Error": {"Code": "ResourceNotFoundException"}}, "x")


def search(known: str, *versions: int) -> tuple[NewestVersion | None, int]:
    """Return what the search finds, and how many calls it makes."""
    functions = Lambda(*versions)
    return Versions(functions, "my-api").find_newest_from(known), len(functions.calls)


def certain(version: str) -> NewestVersion:
    return NewestVersion(version=version, is_certain=True)


@pytest.mark.parametrize(
    ("versions", "newest"), [((), None), ((1,), "1"), ((3, 40, 41), "41"), (tuple(range(1, 48)), "47")]
)
def test_one_page_of_versions_is_one_call(versions, newest):
    assert search("7", *versions) == (newest and certain(newest), 1)


@pytest.mark.parametrize("known", ["1", "995", "1000"])
def test_thousand_versions_cost_a_bounded_number_of_calls(known):
    """Lambda lists the oldest versions first, and allows 15 such calls a second in an account."""
    found, calls = search(known, *range(1, 1001))
    assert calls <= 1 + MOST_TRIED
    assert found == (NewestVersion(version="108", is_certain=False) if known == "1" else certain("1000"))


def test_searches_from_what_the_last_one_found_reach_the_newest_version():
    known, sweeps = "1", 0
    while not (found := search(known, *range(1, 1001))[0]).is_certain:
        known, sweeps = found.version, sweeps + 1
    assert (found.version, sweeps) == ("1000", 16)


def test_gap_of_deleted_versions_does_not_hide_the_newest_one():
    missing = {*range(101, 101 + LONGEST_GAP - 1)}
    assert search("100", *({*range(1, 111)} - missing))[0] == certain("110")


def test_search_ends_after_a_gap():
    assert search("100", *range(1, 101)) == (certain("100"), 1 + LONGEST_GAP)


def test_throttled_search_is_unavailable():
    with Stubber(client("lambda")) as stub:
        stub.add_client_error("list_versions_by_function", "TooManyRequestsException", http_status_code=429)
        with pytest.raises(AwsUnavailableError, match="listing the versions of my-api"):
            Versions(stub.client, "my-api").find_newest_from("7")


def test_versions_are_found_in_moto(my_api, lambda_wire):
    versions = Versions(lambda_wire.client, "my-api")
    assert (versions.find_newest(), versions.find_newest_from("1")) == ("2", certain("2"))
