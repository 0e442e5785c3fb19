"""Tests of the name of the rollout that a report is of."""

import pytest

from rollout.dashboard.entries import RolloutEntry
from rollout.dashboard.report.named import InvalidRolloutNameError, NamedRollout, read_name
from rollout.domain.identity import AccountRegion, Target
from tests.samples import EXECUTION, TARGET

HOME = AccountRegion(account="123456789012", region="eu-west-1")
MEMBER = Target(account="111122223333", region="us-west-2", function="my-api", alias="prod")
ENTRY = RolloutEntry(
    target="123456789012/eu-west-1/my-api/live", entry="rollout#1", execution_arn=EXECUTION.arn, canary_version="4"
)


@pytest.mark.parametrize(
    ("function", "version", "target", "named_version"),
    [
        ("my-api:live", "", TARGET, ""),
        ("my-api", "", TARGET, ""),
        ("my-api:7", "", TARGET, "7"),
        ("my-api:7", "7", TARGET, "7"),
        ("my-api:live", "7", TARGET, "7"),
        ("arn:aws:lambda:us-west-2:111122223333:function:my-api:prod", "", MEMBER, ""),
        ("", "", None, ""),
        ("", "7", None, "7"),
    ],
)
def test_rollout_is_named_by_function_alias_and_version(function, version, target, named_version):
    assert read_name(function, version, "", HOME) == NamedRollout(target=target, version=named_version)


@pytest.mark.parametrize(
    ("function", "version", "problem"),
    [
        ("my api", "", "write a function's name or ARN"),
        ("my-api:7", "8", "the function ends with :7, and the version is 8: name one of them"),
        ("my-api:live", "newest", "write the number of a published version"),
        ("my-api:$LATEST", "", "an alias name has letters"),
        ("my-api:rollout-stable-live", "", "does not begin with rollout-stable-"),
    ],
)
def test_name_that_cannot_be_read_is_refused_with_what_to_write(function, version, problem):
    with pytest.raises(InvalidRolloutNameError, match="cannot be named so") as refused:
        read_name(function, version, "", HOME)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("named", "is_meant"),
    [
        ({}, True),
        ({"version": "4"}, True),
        ({"version": "5"}, False),
        ({"execution": EXECUTION.arn}, True),
        ({"execution": EXECUTION.name}, True),
        ({"execution": "other"}, False),
        ({"version": "5", "execution": EXECUTION.arn}, False),
    ],
)
def test_version_and_execution_both_have_to_agree(named, is_meant):
    assert NamedRollout(**named).is_meant(ENTRY) is is_meant
