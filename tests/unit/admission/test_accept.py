"""A request is accepted by the facts about its function, or refused with every reason."""

import pytest

from rollout.admission.accept import accept, alias_description, all_refusals, with_chosen_steps
from rollout.admission.request import RolloutRequest
from rollout.domain.enums import Move, Start
from rollout.domain.errors import (
    AliasLockedError,
    AliasMissingError,
    AlreadyServedError,
    DifferentRoleError,
    NotOptedInError,
    UnknownVersionError,
    VersionNotActiveError,
    VersionPendingError,
)
from rollout.lifecycle.rollback import RollbackContext, is_own_state
from rollout.policy.policy import Policy
from rollout.state.alias import AliasState
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from tests.days import steady
from tests.samples import EXECUTION, ON_AWS, TARGET, facts, past, policy, rollout, version

REQUEST = RolloutRequest(
    account_region=EXECUTION.account_region, function="my-api", alias=None, version=None, policy=policy()
)
AUTO = REQUEST.model_copy(update={"policy": Policy()})
AT_ONCE = REQUEST.model_copy(update={"policy": policy(steps="AllAtOnce")})
OTHER = EXECUTION.model_copy(update={"arn": f"{EXECUTION.arn}-other"})


def test_valid_request_begins():
    rollout_ = accept(REQUEST, facts(), EXECUTION)
    assert rollout_.start is Start.BEGIN
    assert (rollout_.stable_version, rollout_.canary_version, rollout_.revision_id) == ("3", "4", "revision-1")
    assert (rollout_.target, rollout_.step, rollout_.percent) == (TARGET, 0, 0)
    assert rollout_.reason == "my-api:live serves version 3; version 4 gets its first share next"


@pytest.mark.parametrize(("stable", "canary", "longest"), [(3, 60, 60), (900, 3, 900), (0, 0, 0), (30, 5000, 900)])
def test_document_has_the_longest_time_that_a_call_can_take(stable, canary, longest):
    """Calls of either version that time out are counted only then; Lambda's longest timeout is the most."""
    found = facts(stable=version("3", timeout_seconds=stable), canary=version("4", timeout_seconds=canary))
    assert accept(REQUEST, found, EXECUTION).timeout_seconds == longest


@pytest.mark.parametrize("request_", [REQUEST, AT_ONCE])
def test_accepted_sentence_has_the_warnings_about_the_function(request_):
    deleted = version("3", state="Failed", state_reason_code="ImageDeleted")
    reason = accept(request_, facts(stable=deleted, canary=version("4", is_durable=True)), EXECUTION).reason
    assert "; warning: version 4 is a durable function (DurableConfig): " in reason
    assert "; warning: version 3, to which a rollback returns, is Failed (ImageDeleted) and cannot serve: " in reason


def test_policy_without_steps_promotes_at_once():
    """P1: the document announces the promotion, so that RollBack recognizes one whose answer was lost."""
    at_once = accept(AT_ONCE, facts(canary=version("4", role="other", dead_letter_target="arn:q")), EXECUTION)
    assert (at_once.start, at_once.next_move, at_once.percent) == (Start.PROMOTE, Move.PROMOTE, 0)
    assert at_once.reason == (
        "my-api:live serves version 3; version 4 is promoted next, because the policy has no steps"
    )
    context = RollbackContext.model_validate(at_once.document())
    assert is_own_state(AliasState(version="4", revision_id="r"), context)


@pytest.mark.parametrize(
    ("per_minute", "start", "reason"),
    [
        (600, Start.BEGIN, "; version 4 gets its first share next; steps: Auto chose 1 % for 14m, 5 %"),
        (
            0.2,
            Start.PROMOTE,
            "; version 4 is promoted next; steps: Auto promotes at once, because the alias can expect",
        ),
    ],
)
def test_document_has_the_steps_that_the_traffic_chose_and_the_reason_says_why(per_minute, start, reason):
    """P12: redrives and the guardian read concrete steps, never Auto."""
    request = with_chosen_steps(AUTO, steady(per_minute), ON_AWS)
    rollout_ = accept(request, facts(), EXECUTION)
    assert (rollout_.start, rollout_.policy) == (start, request.policy)
    assert not rollout_.policy.is_auto
    assert reason in rollout_.reason
    assert rollout_.reason.endswith(rollout_.auto)
    assert Rollout.model_validate(rollout_.document()) == rollout_


def test_policy_with_steps_of_its_own_keeps_them():
    assert with_chosen_steps(REQUEST, steady(600), ON_AWS) == REQUEST


def test_versions_that_cannot_share_are_refused_where_auto_splits_and_promoted_where_it_does_not():
    other = facts(canary=version("4", role="other"))
    with pytest.raises(DifferentRoleError):
        accept(with_chosen_steps(AUTO, steady(600), ON_AWS), other, EXECUTION)
    assert accept(with_chosen_steps(AUTO, steady(0), ON_AWS), other, EXECUTION).start is Start.PROMOTE


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"alias": None, "stable": None}, Start.NOTHING_TO_DO),
        ({"lock": lock_of(rollout(canary_version="3", execution=OTHER))}, Start.QUEUE),
    ],
)
def test_policy_without_steps_changes_no_other_start(changes, start):
    assert accept(AT_ONCE, facts(**changes), EXECUTION).start is start


def test_document_keeps_the_policy_source():
    request = REQUEST.model_copy(update={"policy_source": "the tag rollout:policy"})
    assert accept(request, facts(), EXECUTION).document()["policy_source"] == "the tag rollout:policy"


def test_missing_alias_is_created_with_nothing_to_do():
    created = accept(REQUEST, facts(alias=None, stable=None), EXECUTION)
    assert created.start is Start.NOTHING_TO_DO
    assert created.reason == (
        "my-api:live did not exist and was created at version 4: there was nothing to compare it with"
    )


def test_alias_created_by_an_earlier_attempt_counts_as_missing():
    """P4: the task created it and died before it answered, so Step Functions retries it."""
    own = AliasState(version="4", revision_id="r", description=alias_description(EXECUTION))
    retried = accept(REQUEST, facts(alias=own, stable=version("4")), EXECUTION)
    assert retried.start is Start.NOTHING_TO_DO


@pytest.mark.parametrize(
    ("requested", "newest", "message"),
    [
        (None, None, "my-api has no published version: publish one (aws lambda publish-version"),
        ("9", None, "my-api has no published version: publish one"),
        ("9", "4", "my-api has no version 9; its newest is 4: use a version that exists, or leave out version"),
    ],
)
def test_unknown_version_is_refused_with_the_newest_version(requested, newest, message):
    request = REQUEST.model_copy(update={"version": requested})
    with pytest.raises(UnknownVersionError) as refused:
        accept(request, facts(canary=None, newest_version=newest), EXECUTION)
    assert message in str(refused.value)


def test_pending_version_raises_version_pending_error():
    with pytest.raises(VersionPendingError, match="Version 4 of my-api is still Pending"):
        accept(REQUEST, facts(canary=version("4", state="Pending")), EXECUTION)


def test_pending_version_with_another_role_is_refused():
    with pytest.raises(DifferentRoleError):
        accept(REQUEST, facts(canary=version("4", state="Pending", role="other")), EXECUTION)


def test_refusal_has_the_sentence_of_every_reason():
    with pytest.raises(DifferentRoleError) as refused:
        accept(REQUEST, facts(canary=version("4", role="other", dead_letter_target="arn:q")), EXECUTION)
    assert "runs as other" in str(refused.value)
    assert "sends failed events to arn:q" in str(refused.value)


def test_unknown_version_does_not_hide_the_refusal_of_the_alias():
    request = REQUEST.model_copy(update={"version": "9"})
    with pytest.raises(NotOptedInError) as refused:
        accept(request, facts(tags={}, canary=None), EXECUTION)
    assert [type(reason) for reason in refused.value.reasons] == [NotOptedInError, UnknownVersionError]
    assert str(refused.value) == " ".join(str(reason) for reason in refused.value.reasons)


def test_locked_alias_is_refused_without_the_effects_of_its_holder():
    """P3: the holder of the lock made the split."""
    request = REQUEST.model_copy(update={"policy": policy(on_newer_version="refuse")})
    split = AliasState(version="2", revision_id="r", shares={"3": 10})
    held = lock_of(rollout(canary_version="3", execution=OTHER))
    failed = version("4", state="Failed")
    with pytest.raises(AliasLockedError) as refused:
        accept(request, facts(lock=held, alias=split, canary=failed, tags={}), EXECUTION)
    assert [type(reason) for reason in refused.value.reasons] == [
        AliasLockedError,
        NotOptedInError,
        VersionNotActiveError,
    ]


@pytest.mark.parametrize("field", ["alias", "version"])
def test_unreadable_field_is_not_checked_against_the_lock(field):
    request = REQUEST.model_copy(
        update={"policy": policy(on_newer_version="refuse"), "unreadable_fields": frozenset({field})}
    )
    held = lock_of(rollout(canary_version="3", execution=OTHER))
    assert [*all_refusals(request, facts(lock=held), EXECUTION)] == []


def test_event_for_a_version_rolled_out_before_has_nothing_to_do():
    """P7: a sweep may read the ledger just before a person starts a rollout, and start its own just after the end."""
    repeated = accept(REQUEST, facts(rolled_out_before=True), EXECUTION)
    assert repeated.start is Start.NOTHING_TO_DO
    assert repeated.reason.startswith("version 4 was already rolled out to my-api:live, and an event does not roll out")


NEW_FUNCTION = facts(alias=AliasState(version="1", revision_id="r"), stable=version("1"), canary=version("1"))


def test_first_version_of_a_new_function_has_nothing_to_do():
    """P10: an application may be created with a version and an alias, and its first event is no error."""
    first = accept(REQUEST, NEW_FUNCTION.model_copy(update={"started_by_event": True}), EXECUTION)
    assert first.start is Start.NOTHING_TO_DO
    assert first.reason == (
        "my-api:live serves version 1, the first version of its function: there is nothing to compare it with"
    )


SECOND = {"stable": version("2"), "canary": version("2"), "alias": AliasState(version="2", revision_id="r")}


@pytest.mark.parametrize("changes", [{"started_by_event": False}, SECOND])
def test_served_version_is_refused_otherwise(changes):
    """P10: a person, or a publisher that also moved the alias, reads the reason."""
    with pytest.raises(AlreadyServedError):
        accept(REQUEST, NEW_FUNCTION.model_copy(update={"started_by_event": True} | changes), EXECUTION)


MISSING = {"alias": None, "stable": None, "history": (past("3"),)}


def test_missing_alias_that_had_rollouts_is_waited_for_and_not_created():
    """A tool that deletes the alias and creates it again must not move production to a new version."""
    waiting = accept(REQUEST, facts(**MISSING), EXECUTION)
    assert (waiting.start, waiting.creates_alias) == (Start.QUEUE, False)
    assert waiting.reason == "my-api:live does not exist, but had rollouts: the version waits at most 5m for it"


@pytest.mark.parametrize(("seconds", "is_refused"), [(0, False), (299, False), (300, True), (9000, True)])
def test_missing_alias_is_refused_after_five_minutes_with_the_command_that_creates_it(seconds, is_refused):
    refusals = [*all_refusals(REQUEST, facts(**MISSING, alias_missing_seconds=seconds), EXECUTION)]
    assert [type(refusal) for refusal in refusals] == [AliasMissingError] * is_refused
    assert not is_refused or "--function-name my-api --name live --function-version 3)" in str(refusals[0])


@pytest.mark.parametrize("lock", [lock_of(rollout(canary_version="5", execution=OTHER))])
def test_superseded_version_creates_no_missing_alias(lock):
    superseded = accept(REQUEST, facts(**MISSING, lock=lock), EXECUTION)
    assert (superseded.start, superseded.creates_alias) == (Start.NOTHING_TO_DO, False)


def test_alias_that_never_had_a_rollout_is_created():
    created = accept(REQUEST, facts(alias=None, stable=None), EXECUTION)
    assert (created.start, created.creates_alias) == (Start.NOTHING_TO_DO, True)
    assert "creates_alias" not in created.document()
