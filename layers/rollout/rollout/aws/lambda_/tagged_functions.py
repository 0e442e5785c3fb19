"""Finds the functions with the opt-in tag."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from rollout.admission.tags import tag_problems
from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.domain.identity import AccountRegion, Target
from rollout.domain.lambda_names import read_function
from rollout.domain.tags import OPT_IN_TAG, RELEASE_TAG, tagged_alias
from rollout.domain.text import format_names

if TYPE_CHECKING:
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_resourcegroupstaggingapi.type_defs import ResourceTagMappingTypeDef, TagFilterTypeDef


class TaggedAlias(NamedTuple):
    """The alias of an opted-in function."""

    target: Target
    release: str | None
    """The value of the tag that lets its versions wait for a release; None without that tag."""


class TaggedFunctions:
    """The functions with the opt-in tag, in one account and region."""

    def __init__(self, client: "ResourceGroupsTaggingAPIClient") -> None:
        self._client = client

    def aliases(self) -> Iterator[TaggedAlias]:
        """Yield the alias of each function whose tags are valid. Raises AwsUnavailableError.

        A resource that cannot be read stops no other one: it is raised as a ValueError after the last of them (P9).
        """
        return self._find([{"Key": OPT_IN_TAG}])

    def targets(self) -> Iterator[Target]:
        """Yield the same aliases without their tags; raises as `aliases`."""
        return (each.target for each in self.aliases())

    def of_release(self, value: str) -> Iterator[Target]:
        """Yield the alias of each of them whose versions wait for the release of this value; raises as `aliases`."""
        found = self._find([{"Key": OPT_IN_TAG}, {"Key": RELEASE_TAG, "Values": [value]}])
        return (each.target for each in found if each.release == value)

    def _find(self, filters: "list[TagFilterTypeDef]") -> Iterator[TaggedAlias]:
        pages = self._client.get_paginator("get_resources").paginate(
            ResourceTypeFilters=["lambda:function"], TagFilters=filters
        )
        with translate_aws_errors("listing the opted-in functions"):
            resources = [resource for page in pages for resource in page["ResourceTagMappingList"]]
        unreadable = []
        for resource in resources:
            try:
                aliases = [*_aliases(resource)]
            except ValueError:
                unreadable.append(resource["ResourceARN"])
            else:
                yield from aliases
        if unreadable:
            raise ValueError(f"these resources with the tag {OPT_IN_TAG} are no functions: {format_names(unreadable)}")


def _aliases(resource: "ResourceTagMappingTypeDef") -> Iterator[TaggedAlias]:
    function = read_function(resource["ResourceARN"])
    tags = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
    alias = tagged_alias(tags)
    # Invalid tags were reported when the version was published.
    if alias is None or any(tag_problems(tags, resource["ResourceARN"])):
        return
    target = Target(account=function.account or "", region=function.region or "", function=function.name, alias=alias)
    yield TaggedAlias(target, tags.get(RELEASE_TAG))


def tagged_functions(account_region: AccountRegion) -> TaggedFunctions:
    """Return the functions with the opt-in tag in an account and region."""
    return TaggedFunctions(clients.client_for(account_region, clients.tagging_client))
