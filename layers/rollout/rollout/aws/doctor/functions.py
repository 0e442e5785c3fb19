"""Reads the limits of Lambda, and the functions that carry a tag."""

from typing import TYPE_CHECKING

from rollout.aws.boto import clients
from rollout.aws.boto.errors import translate_aws_errors
from rollout.doctor.facts import Concurrency
from rollout.domain.lambda_names import read_function
from rollout.domain.tags import HOOK_TAG

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient


class Functions:
    """The functions of the account and region of the stack."""

    def __init__(self, client: "LambdaClient", tagging: "ResourceGroupsTaggingAPIClient") -> None:
        self._client = client
        self._tagging = tagging

    def concurrency(self) -> Concurrency:
        """Return the concurrent executions of the account and region."""
        with translate_aws_errors("reading the limits of Lambda"):
            limits = self._client.get_account_settings()["AccountLimit"]
        return Concurrency(limit=limits["ConcurrentExecutions"], unreserved=limits["UnreservedConcurrentExecutions"])

    def hooks(self) -> tuple[str, ...]:
        """Return the names of the functions that may be called as hooks."""
        pages = self._tagging.get_paginator("get_resources").paginate(
            ResourceTypeFilters=["lambda:function"], TagFilters=[{"Key": HOOK_TAG}]
        )
        with translate_aws_errors(f"listing the functions with the tag {HOOK_TAG}"):
            arns = [found["ResourceARN"] for page in pages for found in page["ResourceTagMappingList"]]
        return tuple(sorted(read_function(arn).name for arn in arns))


def functions() -> Functions:
    """Return the functions of the account and region of the stack."""
    return Functions(clients.lambda_client(), clients.tagging_client())
