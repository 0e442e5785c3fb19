"""Every reason to refuse says what was found, what is needed and what to do."""

import pytest

from rollout.admission.refusals import refusals
from rollout.admission.request import RolloutRequest
from rollout.domain.errors import (
    AliasSplitError,
    AlreadyServedError,
    DifferentDeadLetterQueueError,
    DifferentRoleError,
    InvalidTagsError,
    NotOptedInError,
    OlderVersionError,
    ProvisionedConcurrencyInProgressError,
    UnknownAliasError,
    VersionNotActiveError,
)
from rollout.state.alias import AliasState
from tests.samples import TARGET, facts, policy, version

REQUEST = RolloutRequest(
    account_region=TARGET.account_region, function="my-api", alias=None, version=None, policy=policy()
)
AT_ONCE = REQUEST.model_copy(update={"policy": policy(steps="AllAtOnce")})
SPLIT = AliasState(version="3", revision_id="r", shares={"2": 10})

REFUSED = [
    ({"tags": {}}, NotOptedInError, "my-api has no tag rollout:alias", "--tags rollout:alias=live"),
    ({"tags": {"rollout:alias": ""}}, InvalidTagsError, 'The tag rollout:alias is ""', "--tags rollout:alias=live"),
    (
        {"tags": {"rollout:alais": "live"}},
        InvalidTagsError,
        '"rollout:alais" (value "live")',
        "--tag-keys rollout:alais",
    ),
    (
        {"tags": {"rollout:alias": "live", "rollout:polcy": "careful"}},
        InvalidTagsError,
        '"rollout:polcy" (value "careful")',
        "--tags rollout:policy=careful",
    ),
    ({"tags": {"rollout:alias": "blue"}}, NotOptedInError, "names blue", "name blue, or tag the function"),
    (
        {"tags": {"rollout:alias": "blue"}, "alias": None, "stable": None},
        UnknownAliasError,
        "my-api has no alias live, and its tag rollout:alias names blue",
        "name blue, or tag the function",
    ),
    (
        {"concurrency_in_progress": True},
        ProvisionedConcurrencyInProgressError,
        "still allocating",
        "start again when its status",
    ),
    (
        {"concurrency_in_progress": True, "alias": SPLIT},
        ProvisionedConcurrencyInProgressError,
        "moves its weights until it is done",
        "start again when its status is READY",
    ),
    ({"alias": SPLIT}, AliasSplitError, "already split: version 3 with 10 % to version 2", "serves one version alone"),
    (
        {"canary": version("4", state="Failed", state_reason="no image")},
        VersionNotActiveError,
        "Version 4 is Failed (no image), and has to be Active",
        "mend it, publish again",
    ),
    (
        {"canary": version("4", state="Inactive")},
        VersionNotActiveError,
        "Version 4 is Inactive, and has to be Active",
        "aws lambda invoke --function-name my-api:4 out.json",
    ),
    ({"canary": version("3")}, AlreadyServedError, "already serves version 3 alone", "leave live to Lambda Rollouts"),
    (
        {"canary": version("2")},
        OlderVersionError,
        "serves version 3, which is newer than version 2",
        "publish the older",
    ),
    (
        {"canary": version("4", role="other")},
        DifferentRoleError,
        "Version 4 runs as other, version 3 as arn:",
        "agrees",
    ),
    (
        {"canary": version("4", dead_letter_target="arn:q")},
        DifferentDeadLetterQueueError,
        "Version 4 sends its failures to arn:q, version 3 to nowhere",
        "publish a version that agrees",
    ),
]


@pytest.mark.parametrize(("changes", "error", "found", "remedy"), REFUSED)
def test_each_reason_has_its_name_and_its_remedy(changes, error, found, remedy):
    met = facts(**changes)
    (refusal,) = refusals(REQUEST, met)
    assert type(refusal) is error
    assert found in str(refusal)
    assert remedy in str(refusal)


def test_nothing_speaks_against_a_sound_request():
    assert [*refusals(REQUEST, facts())] == []


def test_a_newer_version_is_newer_by_number_and_not_by_text():
    met = facts(canary=version("10"), stable=version("9"), alias=AliasState(version="9", revision_id="r"))
    assert [*refusals(REQUEST, met)] == []


@pytest.mark.parametrize(
    "other", [{"role": "other"}, {"dead_letter_target": "arn:q"}, {"role": "other", "dead_letter_target": "arn"}]
)
def test_versions_that_cannot_share_an_alias_may_follow_each_other_at_once(other):
    met = facts(canary=version("4", **other))
    assert all('"policy": "AllAtOnce"' in str(refusal) for refusal in refusals(REQUEST, met))
    assert [*refusals(AT_ONCE, met)] == []


@pytest.mark.parametrize(
    ("unreadable_fields", "told"),
    [
        (set(), [NotOptedInError, AliasSplitError, VersionNotActiveError]),
        ({"alias"}, [VersionNotActiveError]),
        ({"version"}, [NotOptedInError, AliasSplitError]),
        ({"alias", "version"}, []),
    ],
)
def test_a_field_that_could_not_be_read_is_not_judged_by_what_stands_in_its_place(unreadable_fields, told):
    """P10: the newest version may be sick, and nobody asked for it."""
    request = REQUEST.model_copy(update={"unreadable_fields": frozenset(unreadable_fields)})
    met = facts(tags={}, alias=SPLIT, canary=version("4", state="Failed"))
    assert [type(refusal) for refusal in refusals(request, met)] == told


def test_a_version_is_held_against_no_alias_that_could_not_be_read():
    request = REQUEST.model_copy(update={"unreadable_fields": frozenset({"alias"})})
    assert [*refusals(request, facts(canary=version("3")))] == []


@pytest.mark.parametrize("unreadable_fields", [set(), {"alias"}, {"version"}, {"alias", "version"}])
def test_tags_are_told_to_be_wrong_whatever_else_could_not_be_read(unreadable_fields):
    """Once each: that they name no alias is not said a second time as a missing tag."""
    request = REQUEST.model_copy(update={"unreadable_fields": frozenset(unreadable_fields)})
    met = facts(tags={"rollout:alais": "live", "rollout:policy": ""})
    assert [type(refusal) for refusal in refusals(request, met)] == [InvalidTagsError, InvalidTagsError]
