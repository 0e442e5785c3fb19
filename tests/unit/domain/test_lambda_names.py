"""A function's name is read in every form that Lambda accepts, and its ARN has the partition of its region."""

import pytest

from rollout.domain.identity import AccountRegion
from rollout.domain.lambda_names import (
    function_arn,
    is_alias_name,
    is_version,
    newest_version,
    read_function,
    stable_alias_name,
)
from tests.partitions import REGIONS

LONGEST = "f" * 64
ARN = "arn:aws:lambda:eu-west-1:123456789012:function"


@pytest.mark.parametrize(
    ("text", "name", "account", "region", "qualifier"),
    [
        ("my-api", "my-api", None, None, None),
        ("my-api:live", "my-api", None, None, "live"),
        ("my-api:7", "my-api", None, None, "7"),
        ("my-api:$LATEST", "my-api", None, None, "$LATEST"),
        ("function:my-api", "my-api", None, None, None),
        ("123456789012:function:my-api:7", "my-api", "123456789012", None, "7"),
        ("123456789012", "123456789012", None, None, None),
        (f"{ARN}:my-api", "my-api", "123456789012", "eu-west-1", None),
        (f"{ARN}:{LONGEST}:live", LONGEST, "123456789012", "eu-west-1", "live"),
        ("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:a", "a", "123456789012", "us-gov-west-1", None),
    ],
)
def test_function_name_is_read_in_every_form(text, name, account, region, qualifier):
    function = read_function(text)
    assert (function.name, function.account, function.region, function.qualifier) == (name, account, region, qualifier)


@pytest.mark.parametrize(
    "text", ["", "my api", "my-api\n", "my-api:", ":live", "a:b:c", LONGEST + "f", "arn:aws:s3:::x"]
)
def test_invalid_function_name_is_refused_with_the_accepted_forms(text):
    with pytest.raises(ValueError, match="write a function's name or ARN"):
        read_function(text)


@pytest.mark.parametrize("alias", ["live", "a" * 113, "a" * 114, "a" * 128])
def test_stable_alias_has_one_name_that_lambda_accepts_and_no_rollout_can_name(alias):
    name = stable_alias_name(alias)
    assert name == stable_alias_name(alias)
    assert name.startswith("rollout-stable-")
    assert len(name) <= 128
    assert not is_alias_name(name)


def test_long_aliases_with_the_same_beginning_have_different_stable_aliases():
    assert stable_alias_name("live") == "rollout-stable-live"
    assert stable_alias_name("a" * 127 + "b") != stable_alias_name("a" * 127 + "c")


@pytest.mark.parametrize(("region", "partition"), REGIONS.items())
def test_arn_has_the_partition_of_every_region_that_botocore_knows(region, partition):
    arn = function_arn(AccountRegion(account="123456789012", region=region), "my-api")
    assert arn == f"arn:{partition}:lambda:{region}:123456789012:function:my-api"
    assert (read_function(arn).region, read_function(f"{arn}:live").qualifier) == (region, "live")


@pytest.mark.parametrize(
    ("listed", "newest"),
    [
        (["$LATEST", "9", "10", "2"], "10"),
        (["$LATEST", "$LATEST.PUBLISHED", "3"], "3"),
        (["$LATEST", "$LATEST.PUBLISHED"], None),
        ([], None),
    ],
)
def test_newest_version_is_the_highest_number(listed, newest):
    """Managed instances list `$LATEST.PUBLISHED`, which is no number."""
    assert newest_version(listed) == newest


@pytest.mark.parametrize("text", ["$LATEST", "$LATEST.PUBLISHED", "live", "", "1.0", "-1", "٣"])
def test_other_qualifier_is_no_version(text):
    assert not is_version(text)
