"""Roles with the policies that docs/operating.md shows, under enforcement."""

import json
import re
from typing import Any

import boto3

from sandbox.accounts import HOME
from sandbox.server import REGION, ROOT
from tests.e2e.stack import Stack


def client_with_policy(stack: Stack, policy: str, service: str) -> Any:
    """Return a client of a service under a new role with the policy that docs/operating.md shows under this name."""
    page = (ROOT / "docs" / "operating.md").read_text()
    document = re.findall(rf"<!-- policy: {policy} -->\n```json\n(.*?)```", page, re.DOTALL)[0]
    document = document.replace("TAKE_COMMAND_BUTTONS_ARN", stack.outputs["TakeCommandButtonsArn"])
    return _client(stack, f"{policy}-{service}", document.replace("REGION", REGION).replace("ACCOUNT", HOME), service)


def _client(stack: Stack, name: str, policy: str, service: str) -> Any:
    trust = {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "sts:AssumeRole"}
    iam, role = stack.client("iam"), f"operator-{name}"
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName=role, PolicyName="documented", PolicyDocument=policy)
    session = stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="operator")["Credentials"]
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=stack.local.url,
        region_name=REGION,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
