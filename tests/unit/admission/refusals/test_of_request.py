"""Every refusal states what was found, what is needed, and the command or edit that gets there."""

import pytest

from rollout.admission.refusals.of_request import refusals
from rollout.admission.request import RolloutRequest
from rollout.domain.errors import (
    AliasServesLatestError,
    AliasSplitError,
    AlreadyServedError,
    DifferentDeadLetterQueueError,
    DifferentRoleError,
    InvalidTagsError,
    NoEarlierVersionError,
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
AT_LATEST = {"alias": AliasState(version="$LATEST", revision_id="r"), "stable": version("$LATEST")}
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
    ({"tags": {"rollout:alias": "blue"}}, NotOptedInError, "names blue", "use the alias blue, or change the tag"),
    (
        {"tags": {"rollout:alias": "blue"}, "alias": None, "stable": None},
        UnknownAliasError,
        "my-api has no alias live, and its tag rollout:alias names blue",
        "use the alias blue, or change the tag (aws lambda tag-resource --resource arn:aws:lambda:eu-west-1:",
    ),
    (
        {"concurrency_in_progress": True},
        ProvisionedConcurrencyInProgressError,
        "still allocating the provisioned concurrency of my-api:live",
        "start again when its status",
    ),
    (
        {"concurrency_in_progress": True, "alias": SPLIT},
        ProvisionedConcurrencyInProgressError,
        "changes the alias's weights meanwhile",
        "start again when its status is READY",
    ),
    (
        {"alias": SPLIT},
        AliasSplitError,
        "already split: version 3 with 10 % to version 2. A rollout needs an alias that serves one version alone",
        "--name live --function-version 3 --routing-config 'AdditionalVersionWeights={}'",
    ),
    (
        AT_LATEST,
        AliasServesLatestError,
        "my-api:live serves $LATEST, which is no published version",
        "update-alias --function-name my-api --name live --function-version 4), and the versions published after it",
    ),
    (
        {"canary": version("4", state="Failed", state_reason="no image")},
        VersionNotActiveError,
        "Version 4 is Failed (no image), but must be Active",
        "fix the function, publish it again",
    ),
    (
        {"canary": version("4", state="Inactive")},
        VersionNotActiveError,
        "Version 4 is Inactive, but must be Active",
        "aws lambda invoke --function-name my-api:4 out.json",
    ),
    (
        {"canary": version("3")},
        AlreadyServedError,
        "already serves version 3 alone",
        "let only Lambda Rollouts move live",
    ),
    (
        {"canary": version("2")},
        OlderVersionError,
        "serves version 3, which is newer than version 2",
        'to return to it, write "back_to": 2 in place',
    ),
    (
        {"canary": version("4", role="other")},
        DifferentRoleError,
        "Version 4 runs as other, version 3 as arn:",
        "publish a version with that role",
    ),
    (
        {"canary": version("4", dead_letter_target="arn:q")},
        DifferentDeadLetterQueueError,
        "Version 4 sends failed events to arn:q, version 3 to no target",
        "publish a version with that target",
    ),
]


@pytest.mark.parametrize(("changes", "error", "finding", "remedy"), REFUSED)
def test_refusal_has_its_class_and_remedy(changes, error, finding, remedy):
    (refusal,) = refusals(REQUEST, facts(**changes))
    assert type(refusal) is error
    assert finding in str(refusal)
    assert remedy in str(refusal)


BACK = REQUEST.model_copy(update={"is_back": True})


def test_alias_returns_to_an_older_version_only():
    assert [*refusals(BACK, facts(canary=version("2")))] == []
    (newer,) = refusals(BACK, facts(canary=version("4")))
    assert type(newer) is NoEarlierVersionError
    assert str(newer).endswith('version 4 is newer: write "version": 4 in place of back_to to roll it out.')
    (served,) = refusals(BACK, facts(canary=version("3")))
    assert type(served) is AlreadyServedError
    assert str(served).endswith("nothing to return from: name an earlier version with back_to.")


def test_version_whose_image_is_gone_is_no_version_to_return_to():
    (refusal,) = refusals(BACK, facts(canary=version("2", state="Failed", state_reason="The image does not exist.")))
    assert str(refusal).startswith("Version 2 is Failed (The image does not exist.), but must be Active")


def test_alias_at_latest_of_function_without_versions_needs_one_published():
    refusal, _ = refusals(REQUEST, facts(canary=None, newest_version=None, **AT_LATEST))
    assert "publish a version (aws lambda publish-version --function-name my-api), point the alias" in str(refusal)
    assert "--function-version VERSION)" in str(refusal)


def test_valid_request_has_no_refusals():
    assert [*refusals(REQUEST, facts())] == []


def test_versions_are_compared_as_numbers():
    newer = facts(canary=version("10"), stable=version("9"), alias=AliasState(version="9", revision_id="r"))
    assert [*refusals(REQUEST, newer)] == []


@pytest.mark.parametrize(
    "other", [{"role": "other"}, {"dead_letter_target": "arn:q"}, {"role": "other", "dead_letter_target": "arn"}]
)
def test_versions_that_cannot_share_an_alias_may_be_promoted_at_once(other):
    different = facts(canary=version("4", **other))
    assert all('"policy": "AllAtOnce"' in str(refusal) for refusal in refusals(REQUEST, different))
    assert [*refusals(AT_ONCE, different)] == []


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        (set(), [NotOptedInError, AliasSplitError, VersionNotActiveError]),
        ({"alias"}, [VersionNotActiveError]),
        ({"version"}, [NotOptedInError, AliasSplitError]),
        ({"alias", "version"}, []),
    ],
)
def test_unreadable_field_is_not_checked(fields, errors):
    """P10: the newest version, which replaces an unreadable one, may be Failed, but was not requested."""
    request = REQUEST.model_copy(update={"unreadable_fields": frozenset(fields)})
    failed = facts(tags={}, alias=SPLIT, canary=version("4", state="Failed"))
    assert [type(refusal) for refusal in refusals(request, failed)] == errors


def test_version_is_not_compared_with_an_unreadable_alias():
    request = REQUEST.model_copy(update={"unreadable_fields": frozenset({"alias"})})
    assert [*refusals(request, facts(canary=version("3")))] == []


@pytest.mark.parametrize("fields", [set(), {"alias"}, {"version"}, {"alias", "version"}])
def test_invalid_tags_are_refused_once_for_any_unreadable_field(fields):
    """A misspelled tag is not also refused as a missing tag."""
    request = REQUEST.model_copy(update={"unreadable_fields": frozenset(fields)})
    misspelled = facts(tags={"rollout:alais": "live", "rollout:policy": ""})
    assert [type(refusal) for refusal in refusals(request, misspelled)] == [InvalidTagsError, InvalidTagsError]
