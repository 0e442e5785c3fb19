"""A request is accepted from what was found, or refused with all that speaks against it."""

import pytest

from rollout.admission.accept import accept, alias_description, all_refusals
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import Move, Start
from rollout.domain.errors import (
    AliasLockedError,
    AlreadyServedError,
    DifferentRoleError,
    NotOptedInError,
    UnknownVersionError,
    VersionNotActiveError,
    VersionPendingError,
)
from rollout.lifecycle.rollback import RollbackContext, is_own_state
from rollout.state.alias import AliasState
from rollout.state.lock import lock_of
from tests.samples import EXECUTION, TARGET, facts, policy, rollout, version

REQUEST = RolloutRequest(
    account_region=EXECUTION.account_region, function="my-api", alias=None, version=None, policy=policy()
)
AT_ONCE = REQUEST.model_copy(update={"policy": policy(steps="AllAtOnce")})
OTHER = EXECUTION.model_copy(update={"arn": f"{EXECUTION.arn}-other"})


def test_a_sound_request_begins():
    begun = accept(REQUEST, facts(), EXECUTION)
    assert begun.start is Start.BEGIN
    assert (begun.stable_version, begun.canary_version, begun.revision_id) == ("3", "4", "revision-1")
    assert (begun.target, begun.step, begun.percent) == (TARGET, 0, 0)
    assert begun.reason == "my-api:live serves version 3; version 4 gets its first share next"


def test_without_steps_promotion_comes_first():
    """P1: it is announced in the document, so that the way back knows a promotion whose answer is lost."""
    at_once = accept(AT_ONCE, facts(canary=version("4", role="other", dead_letter_target="arn:q")), EXECUTION)
    assert (at_once.start, at_once.next_move, at_once.percent) == (Start.PROMOTE, Move.PROMOTE, 0)
    assert at_once.reason == (
        "my-api:live serves version 3; version 4 is promoted next, at once, as the policy has no steps"
    )
    way = RollbackContext.model_validate(at_once.document())
    assert is_own_state(AliasState(version="4", revision_id="r"), way)


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"alias": None, "stable": None}, Start.NOTHING_TO_DO),
        ({"lock": lock_of(rollout(canary_version="3", execution=OTHER))}, Start.QUEUE),
    ],
)
def test_without_steps_nothing_else_is_different(changes, start):
    assert accept(AT_ONCE, facts(**changes), EXECUTION).start is start


def test_where_the_policy_came_from_is_kept():
    request = REQUEST.model_copy(update={"policy_source": "the tag rollout:policy"})
    assert accept(request, facts(), EXECUTION).document()["policy_source"] == "the tag rollout:policy"


def test_an_alias_that_does_not_exist_yet_has_nothing_to_compare():
    made = accept(REQUEST, facts(alias=None, stable=None), EXECUTION)
    assert made.start is Start.NOTHING_TO_DO
    assert made.reason == (
        "my-api:live did not exist, so it was made at version 4; there was nothing to compare it with"
    )


def test_an_alias_made_by_a_lost_attempt_is_our_own_work():
    """P4: the task that made it died before it answered, and is tried again."""
    own = AliasState(version="4", revision_id="r", description=alias_description(EXECUTION))
    made = accept(REQUEST, facts(alias=own, stable=version("4")), EXECUTION)
    assert made.start is Start.NOTHING_TO_DO


@pytest.mark.parametrize(
    ("asked", "newest", "message"),
    [
        (None, None, "my-api has no published version: publish one (aws lambda publish-version"),
        ("9", None, "my-api has no published version: publish one"),
        ("9", "4", "my-api has no version 9; its newest is 4: name one that exists, or leave version out"),
    ],
)
def test_an_unknown_version_is_refused_with_the_newest_there_is(asked, newest, message):
    request = REQUEST.model_copy(update={"version": asked})
    with pytest.raises(UnknownVersionError) as refused:
        accept(request, facts(canary=None, newest_version=newest), EXECUTION)
    assert message in str(refused.value)


def test_a_pending_version_is_waited_for():
    with pytest.raises(VersionPendingError, match="Version 4 of my-api is still Pending"):
        accept(REQUEST, facts(canary=version("4", state="Pending")), EXECUTION)


def test_a_pending_version_that_can_never_begin_is_refused_at_once():
    with pytest.raises(DifferentRoleError):
        accept(REQUEST, facts(canary=version("4", state="Pending", role="other")), EXECUTION)


def test_all_that_speaks_against_a_request_is_said_at_once():
    with pytest.raises(DifferentRoleError) as refused:
        accept(REQUEST, facts(canary=version("4", role="other", dead_letter_target="arn:q")), EXECUTION)
    assert "runs as other" in str(refused.value)
    assert "sends its failures to arn:q" in str(refused.value)


def test_a_version_that_does_not_exist_hides_nothing_about_the_alias():
    request = REQUEST.model_copy(update={"version": "9"})
    with pytest.raises(NotOptedInError) as refused:
        accept(request, facts(tags={}, canary=None), EXECUTION)
    assert [type(reason) for reason in refused.value.reasons] == [NotOptedInError, UnknownVersionError]
    assert str(refused.value) == " ".join(str(reason) for reason in refused.value.reasons)


def test_who_may_not_wait_is_told_of_the_claim_and_of_all_but_what_it_does_to_the_alias():
    """P3: the split is the holder's own work."""
    request = REQUEST.model_copy(update={"policy": policy(on_newer_version="refuse")})
    split = AliasState(version="2", revision_id="r", shares={"3": 10})
    held = lock_of(rollout(canary_version="3", execution=OTHER))
    sick = version("4", state="Failed")
    with pytest.raises(AliasLockedError) as refused:
        accept(request, facts(lock=held, alias=split, canary=sick, tags={}), EXECUTION)
    assert [type(reason) for reason in refused.value.reasons] == [
        AliasLockedError,
        NotOptedInError,
        VersionNotActiveError,
    ]


@pytest.mark.parametrize("field", ["alias", "version"])
def test_nobody_is_in_the_way_of_what_could_not_be_read(field):
    request = REQUEST.model_copy(update={"policy": policy(on_newer_version="refuse"), "unreadable_fields": frozenset({field})})
    held = lock_of(rollout(canary_version="3", execution=OTHER))
    assert [*all_refusals(request, facts(lock=held), EXECUTION)] == []


def test_an_event_starts_nothing_that_was_rolled_out_before():
    """P7: a sweep may have asked the ledger just before a person began, and come just after the end."""
    found = accept(REQUEST, facts(rolled_out_before=True), EXECUTION)
    assert found.start is Start.NOTHING_TO_DO
    assert found.reason.startswith("version 4 was rolled out to my-api:live before, and no event starts that twice")


BORN = facts(alias=AliasState(version="1", revision_id="r"), stable=version("1"), canary=version("1"))


def test_a_new_functions_first_version_has_nothing_to_do():
    """P10: an application that is born with version and alias has done nothing wrong."""
    born = accept(REQUEST, BORN.model_copy(update={"started_by_event": True}), EXECUTION)
    assert born.start is Start.NOTHING_TO_DO
    assert born.reason == "my-api:live serves version 1, its function's first: there is nothing to compare it with"


SECOND = {"stable": version("2"), "canary": version("2"), "alias": AliasState(version="2", revision_id="r")}


@pytest.mark.parametrize("changes", [{"started_by_event": False}, SECOND])
def test_what_is_served_already_is_refused_otherwise(changes):
    """P10: a person, or a publisher who moved the alias as well, reads why."""
    with pytest.raises(AlreadyServedError):
        accept(REQUEST, BORN.model_copy(update={"started_by_event": True} | changes), EXECUTION)
