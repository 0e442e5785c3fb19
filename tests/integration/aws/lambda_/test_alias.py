"""Tests of the alias: each write names its revision. They use Stubber, because moto ignores RevisionId."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from rollout.aws.lambda_.alias import Change, LambdaAlias
from rollout.domain.errors import (
    AliasChangedError,
    AwsUnavailableError,
    LockLostError,
    NotAllowedError,
    VersionDeletedError,
)
from rollout.state.alias import AliasState
from tests.integration.conftest import client
from tests.samples import TARGET

BEFORE = AliasState(version="1", shares={"2": 5}, revision_id="before")
NAME = {"FunctionName": "my-api", "Name": "live"}


@pytest.fixture
def stubber() -> Iterator[Stubber]:
    with Stubber(client("lambda")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def live(stubber: Stubber) -> LambdaAlias:
    return LambdaAlias(stubber.client, TARGET)


def answer(version: str, weights: dict[str, float], revision: str = "after") -> dict[str, Any]:
    return {
        "FunctionVersion": version,
        "RoutingConfig": {"AdditionalVersionWeights": weights},
        "RevisionId": revision,
    }


def update(version: str, weights: dict[str, float]) -> dict[str, Any]:
    return NAME | answer(version, weights, "before")


def split(live: LambdaAlias, percent: float, held: Any = lambda: None, *, is_first: bool = True) -> AliasState:
    return live.change("1", {"2": percent}, Change(BEFORE, held, is_first))


def lost() -> None:
    raise LockLostError("it is lost")


@pytest.mark.parametrize(
    ("percent", "weight"), [(1, 0.01), (10, 0.1), (29, 0.29), (33.3, 0.333), (33.333333, 0.333333), (99, 0.99)]
)
def test_percent_is_converted_to_weight_and_back(stubber, live, percent, weight):
    """P2: the update carries the revision it was decided on."""
    stubber.add_response("update_alias", answer("1", {"2": weight}), update("1", {"2": weight}))
    shifted = split(live, percent)
    assert (shifted.version, shifted.revision_id) == ("1", "after")
    assert shifted.shares == {"2": pytest.approx(percent, abs=1e-4)}


def test_point_at_sets_version_and_clears_weights_in_one_call(stubber, live):
    """P1, P2."""
    stubber.add_response("update_alias", answer("2", {}), update("2", {}))
    assert live.point_at("2", "before").serves_alone("2")


def test_point_at_keeps_the_shares_that_it_is_given(stubber, live):
    """P3: a frozen alias gets a new revision only."""
    stubber.add_response("update_alias", answer("1", {"2": 0.1}), update("1", {"2": 0.1}))
    assert live.point_at("1", "before", {"2": 10}).shares == {"2": pytest.approx(10)}


@pytest.mark.parametrize("percent", [10, 33.3, 100 / 3])
def test_repeated_split_succeeds(stubber, live, percent):
    """P4: the answer to the first write was lost, and that write changed the revision."""
    stubber.add_client_error("update_alias", "PreconditionFailedException", http_status_code=412)
    stubber.add_response("get_alias", answer("1", {"2": round(percent / 100, 6)}), NAME)
    assert split(live, percent).revision_id == "after"


@pytest.mark.parametrize("stored", [0.3333, 0.33333, 0.333333, 0.33334])
def test_share_that_is_read_back_rounded_is_recognized(stubber, live, stored):
    """P4: Lambda may store fewer digits than it was given."""
    stubber.add_client_error("update_alias", "PreconditionFailedException", http_status_code=412)
    stubber.add_response("get_alias", answer("1", {"2": stored}), NAME)
    assert split(live, 100 / 3).revision_id == "after"


def changed_elsewhere(stubber: Stubber, weights: dict[str, float]) -> None:
    """Let the first write be refused, because a description or a permission of the alias was changed."""
    stubber.add_client_error("update_alias", "PreconditionFailedException", http_status_code=412)
    stubber.add_response("get_alias", answer("1", weights, "changed"), NAME)


@pytest.mark.parametrize("weights", [{"2": 0.05}, {"2": 0.05004}])
def test_alias_with_changed_description_is_written_once_more(stubber, live, weights):
    changed_elsewhere(stubber, weights)
    again = NAME | answer("1", {"2": 0.1}, "changed")
    stubber.add_response("update_alias", answer("1", {"2": 0.1}), again)
    assert split(live, 10).shares == {"2": 10}


def test_alias_is_not_written_once_more_without_its_lock(stubber, live):
    """P3: the guardian took over the lock, and rewrote the alias."""
    changed_elsewhere(stubber, {"2": 0.05})
    with pytest.raises(LockLostError):
        split(live, 10, held=lost)


def test_alias_that_a_later_rollout_moved_is_reported_as_a_lost_lock(stubber, live):
    """P10: only under its lock may a rollout say that another writer moved its alias."""
    changed_elsewhere(stubber, {"3": 0.1})
    with pytest.raises(LockLostError):
        split(live, 10, held=lost)


UNDONE = "serves version 1 with 5 % to version 2 as before, .* may have been made, and undone by another writer"


def test_alias_whose_write_may_have_been_undone_is_not_written_once_more(stubber, live):
    """P2: an earlier task announced the same write, and may have made it."""
    changed_elsewhere(stubber, {"2": 0.05})
    with pytest.raises(AliasChangedError, match=UNDONE):
        split(live, 10, is_first=False)


def test_write_that_the_client_has_sent_again_is_not_made_once_more(stubber, live):
    """P2: the answer to the first attempt may have been lost."""
    repeated = {"RetryAttempts": 1}
    stubber.add_client_error("update_alias", "PreconditionFailedException", "no", 412, response_meta=repeated)
    stubber.add_response("get_alias", answer("1", {"2": 0.05}, "changed"), NAME)
    with pytest.raises(AliasChangedError, match=UNDONE):
        split(live, 10)


def test_alias_that_changes_again_is_not_written(stubber, live):
    """P2."""
    changed_elsewhere(stubber, {"2": 0.05})
    changed_elsewhere(stubber, {"2": 0.05})
    with pytest.raises(AliasChangedError, match="Nothing was written"):
        split(live, 10)


def test_denied_write_names_the_tag_that_is_missing(stubber, live):
    """P9, P10."""
    stubber.add_client_error("update_alias", "AccessDeniedException", "no identity-based policy allows it", 403)
    with pytest.raises(NotAllowedError) as denied:
        split(live, 10)
    assert (
        "tag-resource --resource arn:aws:lambda:eu-west-1:123456789012:function:my-api --tags rollout:alias=live"
        in (str(denied.value))
    )
    assert "no identity-based policy allows it" in str(denied.value)


def test_repeated_promotion_succeeds(stubber, live):
    """P4."""
    stubber.add_client_error("update_alias", "PreconditionFailedException", http_status_code=412)
    stubber.add_response("get_alias", {"FunctionVersion": "2", "RevisionId": "after"}, NAME)
    assert live.change("2", {}, Change(BEFORE, lost, is_first=False)).revision_id == "after"


def test_alias_that_serves_the_version_with_another_revision_is_not_restored_yet(stubber, live):
    """P1: a late task may know that revision, and only a new one lets its write fail."""
    stubber.add_client_error("update_alias", "PreconditionFailedException", http_status_code=412)
    stubber.add_response("get_alias", {"FunctionVersion": "1", "RevisionId": "after"}, NAME)
    with pytest.raises(AliasChangedError, match="serves version 1 alone, but has another revision than was read"):
        live.point_at("1", "before")


def test_moved_alias_is_not_restored(stubber, live):
    """P2."""
    stubber.add_client_error("update_alias", "PreconditionFailedException", http_status_code=412)
    stubber.add_response("get_alias", {"FunctionVersion": "3", "RevisionId": "after"}, NAME)
    with pytest.raises(AliasChangedError, match=r"was moved by another writer: .* points at version 3"):
        live.point_at("1", "before")


@pytest.mark.parametrize(
    ("current", "sentence"),
    [
        (answer("3", {}), "the alias points at version 3. Nothing was written."),
        (answer("1", {}), "the alias points at version 1. Nothing was written."),
        (answer("1", {"2": 0.2}), "the alias points at version 1 with 20 % to version 2. Nothing was written."),
        (None, "the alias no longer exists. Nothing was written."),
    ],
)
def test_alias_moved_by_other_writer_is_not_written(stubber, live, current, sentence):
    """P2: the error names the expected and the actual state."""
    stubber.add_client_error("update_alias", "PreconditionFailedException", http_status_code=412)
    if current:
        stubber.add_response("get_alias", current, NAME)
    else:
        stubber.add_client_error("get_alias", "ResourceNotFoundException", http_status_code=404)
    with pytest.raises(AliasChangedError) as changed:
        split(live, 10)
    assert (
        "my-api:live was moved by another writer: the rollout was about to write version 1 with 10 % to version 2"
        in str(changed.value)
    )
    assert sentence in str(changed.value)


def test_deleted_version_is_named(stubber, live):
    """P10."""
    stubber.add_client_error("update_alias", "ResourceNotFoundException", http_status_code=404)
    with pytest.raises(
        VersionDeletedError, match="Lambda cannot point my-api:live at version 1 with 10 % to version 2"
    ):
        split(live, 10)


def test_conflict_on_alias_is_unavailable(stubber, live):
    stubber.add_client_error("update_alias", "ResourceConflictException", http_status_code=409)
    with pytest.raises(AwsUnavailableError, match="pointing my-api:live at version 2"):
        live.point_at("2", "before")


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        ({"FunctionVersion": "1", "RevisionId": "r"}, AliasState(version="1", revision_id="r")),
        (answer("1", {"2": 0.29}, "r"), AliasState(version="1", revision_id="r", shares={"2": 29})),
        (answer("1", {"2": 0.0}, "r"), AliasState(version="1", revision_id="r", shares={"2": 0})),
    ],
)
def test_alias_is_read_with_percents(stubber, live, current, expected):
    stubber.add_response("get_alias", current, NAME)
    assert live.find() == expected


def test_missing_alias_is_none(stubber, live):
    stubber.add_client_error("get_alias", "ResourceNotFoundException", http_status_code=404)
    assert live.find() is None


def test_alias_with_share_of_zero_does_not_serve_alone(stubber, live):
    stubber.add_response("get_alias", answer("1", {"2": 0.0}), NAME)
    assert not live.find().serves_alone("1")


CREATED = NAME | {"FunctionVersion": "2", "Description": "by rollout"}


def test_alias_is_created_at_its_version(stubber, live):
    stubber.add_response("create_alias", answer("2", {}), CREATED)
    live.create("2", "by rollout")


def test_repeated_creation_succeeds(stubber, live):
    """P4."""
    stubber.add_client_error("create_alias", "ResourceConflictException", http_status_code=409)
    stubber.add_response("get_alias", answer("2", {}), NAME)
    live.create("2", "by rollout")


def test_alias_created_by_other_writer_is_not_written(stubber, live):
    """P2."""
    stubber.add_client_error("create_alias", "ResourceConflictException", http_status_code=409)
    stubber.add_response("get_alias", answer("1", {}), NAME)
    with pytest.raises(AliasChangedError):
        live.create("2", "by rollout")
