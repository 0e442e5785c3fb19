"""Deploys the stack under a name of its own, and removes everything that the deployment made."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from sandbox.deploy import CONFIG, build
from sandbox.run_folders import own_folder
from sandbox.sam import run_sam
from stress.verify_aws.account import AwsAccount

LEDGER = "LedgerTable"
"""The logical id of the one resource that CloudFormation retains."""
_NAME_CHARACTERS = 24
"""The longest OrchestratorName that the template accepts."""


class Deployment:
    """The stack in an account."""

    def __init__(self, account: AwsAccount, stack: str) -> None:
        self._account = account
        self.stack = stack
        self.bucket = f"{stack}-{account.account}-{account.region}".lower()

    def deploy(self, parameters: Mapping[str, str]) -> None:
        """Build the stack and deploy it with these parameters; raises DeployError."""
        self._create_bucket()
        with own_folder(f"{self.stack}-build") as folder:
            self._deploy_built(build(folder, self._account.environment), parameters)

    def _deploy_built(self, template: Path, parameters: Mapping[str, str]) -> None:
        # Names of its own, so that it deploys beside a stack that is in use.
        named = {"OrchestratorName": self.stack[:_NAME_CHARACTERS], **parameters}
        overrides = [f"{name}={value}" for name, value in named.items()]
        arguments = ["--template-file", str(template), "--stack-name", self.stack]
        where = ["--region", self._account.region, "--s3-bucket", self.bucket]
        configuration = ["--config-env", "verify", "--config-file", str(CONFIG)]
        command = ["deploy", *arguments, *where, *configuration, "--parameter-overrides", *overrides]
        run_sam(command, self._account.environment)

    @cached_property
    def resources(self) -> dict[str, str]:
        """The physical ids of the resources, by their logical ids."""
        pages = self._client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        summaries = [summary for page in pages for summary in page["StackResourceSummaries"]]
        return {summary["LogicalResourceId"]: summary["PhysicalResourceId"] for summary in summaries}

    def remove(self) -> list[str]:
        """Delete the stack, its ledger and its bucket; return what could not be deleted, each with its error."""
        ledger = ""
        with suppress(ClientError):
            ledger = self.resources.get(LEDGER, "")
        steps: list[tuple[str, Callable[[], object]]] = [
            (f"stack {self.stack}", self._delete_stack),
            (f"table {ledger}", lambda: ledger and self._client("dynamodb").delete_table(TableName=ledger)),
            (f"bucket {self.bucket}", self._delete_bucket),
        ]
        return [remark for name, delete in steps if (remark := _attempt(name, delete))]

    def _create_bucket(self) -> None:
        region = self._account.region
        # S3 refuses a location constraint in us-east-1 only.
        location = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3 = self._client("s3")
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket=self.bucket, **location)

    def _delete_stack(self) -> None:
        formation = self._client("cloudformation")
        formation.delete_stack(StackName=self.stack)
        formation.get_waiter("stack_delete_complete").wait(StackName=self.stack, WaiterConfig={"Delay": 5})

    def _delete_bucket(self) -> None:
        s3 = self._client("s3")
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for item in page.get("Contents", []):
                s3.delete_object(Bucket=self.bucket, Key=item["Key"])
        s3.delete_bucket(Bucket=self.bucket)

    def _client(self, service: str) -> Any:  # noqa: ANN401 - a client of that service
        return self._account.client(service)


def _attempt(name: str, delete: Callable[[], object]) -> str:
    try:
        delete()
    except (ClientError, WaiterError) as error:
        return f"{name}: {error}"
    return ""
