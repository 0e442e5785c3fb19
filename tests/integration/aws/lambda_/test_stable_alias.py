"""Tests of the stable alias: it keeps stable from being deleted, and leaves the alias of another writer as it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.aws.lambda_.stable_alias import StableAlias
from rollout.domain.errors import AliasBusyError, AwsUnavailableError, LockLostError, StableNotKeptError
from tests.integration.conftest import client
from tests.samples import EXECUTION, TARGET

NAME = {"FunctionName": "my-api", "Name": "rollout-stable-live"}
OWN = "Lambda Rollouts keeps this version for a rollback, for execution my-api-4"
LEFT_BEHIND = "Lambda Rollouts keeps this version for a rollback, for execution my-api-3"


@pytest.fixture
def stubber() -> Iterator[Stubber]:
    with Stubber(client("lambda")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def stable(stubber: Stubber) -> StableAlias:
    return StableAlias(stubber.client, TARGET, EXECUTION)


def create(stubber: Stubber, error: str = "", version: str = "3") -> None:
    parameters = NAME | {"FunctionVersion": version, "Description": OWN}
    if error:
        stubber.add_client_error("create_alias", error, "no", 409, expected_params=parameters)
    else:
        stubber.add_response("create_alias", {}, parameters)


def delete(stubber: Stubber) -> None:
    stubber.add_response("delete_alias", {}, NAME)


def find(stubber: Stubber, **alias: Any) -> None:
    stubber.add_response("get_alias", {"RevisionId": "r", "FunctionVersion": "3", "Description": OWN} | alias, NAME)


def held() -> None:
    """The rollout holds the lock."""


def lost() -> None:
    raise LockLostError("it is lost")


def test_alias_points_at_stable(stable, stubber):
    create(stubber)
    stable.point_at("3", held)


def test_repeated_creation_is_success(stable, stubber):
    """P4."""
    create(stubber, "ResourceConflictException")
    find(stubber)
    stable.point_at("3", held)


@pytest.mark.parametrize("found", [{"Description": LEFT_BEHIND}, {"FunctionVersion": "2"}])
def test_alias_left_behind_is_created_again(stable, stubber, found):
    create(stubber, "ResourceConflictException")
    find(stubber, **found)
    delete(stubber)
    create(stubber)
    stable.point_at("3", held)


def test_alias_of_the_rollout_that_holds_the_lock_is_not_deleted(stable, stubber):
    """P1: a task of an execution that was stopped may run late, and must not delete what the next rollout keeps."""
    create(stubber, "ResourceConflictException")
    find(stubber, Description=LEFT_BEHIND)
    with pytest.raises(LockLostError):
        stable.point_at("3", lost)


def test_alias_created_by_two_at_once_is_retried(stable, stubber):
    create(stubber, "ResourceConflictException")
    find(stubber, Description=LEFT_BEHIND)
    delete(stubber)
    create(stubber, "ResourceConflictException")
    with pytest.raises(AliasBusyError, match="my-api:rollout-stable-live has just been created"):
        stable.point_at("3", held)


@pytest.mark.parametrize("description", ["", "the team's own"])
def test_alias_of_another_writer_is_reported_and_left_as_it_is(stable, stubber, description):
    """P2."""
    create(stubber, "ResourceConflictException")
    find(stubber, Description=description)
    with pytest.raises(StableNotKeptError, match="delete-alias --function-name my-api --name rollout-stable"):
        stable.point_at("3", held)
    find(stubber, Description=description)
    stable.remove()


def test_own_alias_is_deleted(stable, stubber):
    find(stubber)
    delete(stubber)
    stable.remove()


def test_alias_of_another_rollout_is_not_deleted(stable, stubber):
    """P3: a task of an execution that was stopped may run late."""
    find(stubber, Description=LEFT_BEHIND)
    stable.remove()


def test_repeated_deletion_is_success(stable, stubber):
    """P4."""
    stubber.add_client_error("get_alias", "ResourceNotFoundException", "no", 404)
    stable.remove()


@pytest.mark.parametrize("error", ["AccessDeniedException", "AliasLimitExceededException"])
def test_refusal_of_lambda_is_reported_with_the_remedy(stable, stubber, error):
    create(stubber, error)
    with pytest.raises(StableNotKeptError, match=f"{error}.*Allow lambda:CreateAlias .* or delete aliases"):
        stable.point_at("3", held)


def test_throttling_is_retried(stable, stubber):
    create(stubber, "TooManyRequestsException")
    with pytest.raises(AwsUnavailableError):
        stable.point_at("3", held)
