"""Releases across accounts are promoted together or not at all, and a list in S3 that cannot be read refuses one."""

import json

import pytest

from sandbox.accounts import HOME, MEMBER
from tests.e2e.deployment import RELEASE_BUCKET
from tests.e2e.stories.releases_of_members import FORBIDDEN, KEY, NO_BUCKET, listed_in_s3, member_is_bad

STABLE, CANARY = {"1": 100}, {"2": 100}
_KEY = 'functions.key is "{}" in the bucket "' + RELEASE_BUCKET + '": '


def test_functions_of_two_accounts_that_a_file_in_s3_lists_are_promoted_together(stories, stack):
    release = stories(listed_in_s3).release
    assert (release.ending, release.served) == ("SUCCEEDED", [CANARY] * 2)
    output = json.loads(release.description["output"])
    assert [part["function"] for part in output["functions"]] == ["release-home", release.shops[1].arn]
    assert [part["outcome"] for part in output["functions"]] == ["promoted"] * 2
    assert [shop.account for shop in release.shops] == [HOME, MEMBER]
    last_steps, first_bakes = zip(*(_last_step_and_first_bake(stack, shop) for shop in release.shops), strict=True)
    assert max(last_steps) < min(first_bakes)


def _last_step_and_first_bake(stack, shop):
    """Return when the last step of a rollout began, and its bake."""
    after_traffic = [each for each in stack.ledger.evaluations(shop) if "step_started_at" in each]
    begun = [(each["phase"]["S"], each["step_started_at"]["S"]) for each in after_traffic]
    return max(at for phase, at in begun if phase == "shifting"), min(at for phase, at in begun if phase == "bake")


def test_bad_function_of_a_member_account_returns_both_with_both_reasons(stories, stack):
    release = stories(member_is_bad)
    home, member = release.shops
    assert (release.ending, release.served) == ("ReleaseRolledBack", [STABLE] * 2)
    assert f"{member.arn} ended: unhealthy" in release.description["cause"]
    reasons = [stack.ledger.rollouts(shop)[-1]["reason"] for shop in release.shops]
    assert f"the release with-bad-member has failed: {member.arn} ended: unhealthy" in reasons[0]
    assert "unhealthy: the canary fails more often than" in reasons[1]
    assert "errors: canary" in reasons[1]
    reported = stack.releases.inputs(release.execution)["ReleaseRolledBack"]["functions"]
    assert [(each["function"], each["outcome"]) for each in reported] == [
        (home.name, "rolled_back"),
        (member.arn, "rolled_back"),
    ]
    assert all(reason.startswith(each["reason"][:200]) for reason, each in zip(reasons, reported, strict=True))


@pytest.mark.parametrize(
    ("case", "problem", "remedy"),
    [
        ("no-json.json", _KEY + "it is no JSON (Expecting property name", "Upload a list as JSON"),
        (
            "object.json",
            _KEY + 'it holds {"functions": [{"function": "release-home"}]}, which is no list',
            "Upload only",
        ),
        ("large.json", _KEY + "it has 1,000,001 bytes, and at most 1,000,000 are read", "Name stored policies"),
        ("many.json", _KEY + "its list has 201 functions, and a release has from 1 to 200", "make several releases"),
        ("typo.json", 'functions[0].polcy is not a known field (found "AllAtOnce")', "remove it or correct its name"),
        ("missing.json", _KEY + "there is no such object", f"aws s3 ls s3://{RELEASE_BUCKET} --recursive"),
        (NO_BUCKET, f'functions.bucket is "{RELEASE_BUCKET}": there is no such bucket', "Correct the name, or create"),
        (
            FORBIDDEN,
            f'functions.bucket is "{FORBIDDEN}": PrepareRelease may not read "{KEY}"',
            f"deploy the stack with ReleaseBucket={FORBIDDEN}",
        ),
    ],
)
def test_list_that_cannot_be_read_is_refused_with_field_value_and_remedy(stories, case, problem, remedy):
    """P6."""
    refused = stories(listed_in_s3).refused[case]
    assert refused["error"] == "InvalidRequestError"
    assert problem.replace("{}", case) in refused["cause"]
    assert remedy in refused["cause"]
