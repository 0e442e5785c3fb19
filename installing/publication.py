"""Checks a packaged template by the code of `sam publish`, up to its call of the repository."""

from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError
from botocore.stub import Stubber
from samcli.vendor.serverlessrepo import publish_application
from samcli.vendor.serverlessrepo.exceptions import ServerlessRepoError

from sandbox.server import SandboxError

_ANSWER = {"ApplicationId": "not-published"}


class NotPublishableError(SandboxError):
    """When `sam publish` would refuse the template; the message is its own."""


def check_publishable(template: Path) -> dict[str, Any]:
    """Return the request that `sam publish` would send for a packaged template. Raises NotPublishableError."""
    client = boto3.client(
        "serverlessrepo",
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - the call is never sent
    )
    sent: dict[str, Any] = {}
    client.meta.events.register("provide-client-params.*.*", lambda params, **_: sent.update(params))
    with Stubber(client) as stubber:
        stubber.add_response("create_application", _ANSWER, None)
        try:
            publish_application(template.read_text(), client)
        except (ServerlessRepoError, BotoCoreError) as error:
            raise NotPublishableError(f"`sam publish` would refuse {template.name}: {error}") from error
    return sent
