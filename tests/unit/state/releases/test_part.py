"""A sentence about a release names each function so that functions with the same name in two accounts differ."""

import pytest

from rollout.domain.identity import Target
from tests.release_samples import release


@pytest.mark.parametrize(
    ("account", "region", "name"),
    [
        ("123456789012", "eu-west-1", "cart"),
        ("222222222222", "eu-west-1", "arn:aws:lambda:eu-west-1:222222222222:function:cart"),
        ("123456789012", "cn-north-1", "arn:aws-cn:lambda:cn-north-1:123456789012:function:cart"),
    ],
)
def test_function_of_another_account_or_region_is_named_by_its_arn(account, region, name):
    target = Target(account=account, region=region, function="cart", alias="live")
    assert release().part(0).name_of(target) == name
