"""The account and region that the current credentials reach."""

import os
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.server import SandboxError


class NoAccountError(SandboxError):
    """When no account can be reached; the message says what to set."""


class AwsAccount:
    """An account of AWS, reached with the credentials and the endpoint of the environment."""

    def __init__(self, region: str | None) -> None:
        self._session = boto3.Session(region_name=region)
        if not self._session.region_name:
            raise NoAccountError("No region is set: pass --region, or set AWS_DEFAULT_REGION.")
        self.region: str = self._session.region_name
        try:
            identity = self.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise NoAccountError(
                f"AWS does not accept the current credentials ({error}): sign in (aws sso login, or set AWS_PROFILE),"
                " and run `aws sts get-caller-identity` to check them."
            ) from error
        self.account: str = identity["Account"]
        self.principal: str = identity["Arn"]

    @property
    def environment(self) -> dict[str, str]:
        """The environment for tools that must reach the same account and region."""
        return {**os.environ, "AWS_DEFAULT_REGION": self.region, "AWS_REGION": self.region}

    def client(self, service: str, account: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401, ARG002 - a client; the credentials decide the account
        """Return a boto3 client of this account, by default in this region."""
        return self._session.client(service, region_name=region or self.region)  # type: ignore[call-overload]
