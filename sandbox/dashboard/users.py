"""The two users of the page: one may see the dashboard, the other may also give commands."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from sandbox.server import Sandbox

_PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 8})
"""The sandbox's Lambda runs only some twenty functions at once."""


@dataclass(frozen=True)
class User:
    """An IAM user of the sandbox, with its clients."""

    name: str
    cloudwatch: Any
    functions: Any


def create_users(sandbox: Sandbox, widget_arn: str, commands_arn: str) -> dict[str, User]:
    """Create both users in the stack's account: they may invoke the widget's function, and the operator both."""
    iam, invoked = sandbox.client("iam"), {"viewer": [widget_arn], "operator": [widget_arn, commands_arn]}
    return {name: _create(sandbox, iam, name, arns) for name, arns in invoked.items()}


def _create(sandbox: Sandbox, iam: Any, name: str, functions: list[str]) -> User:  # noqa: ANN401 - a client
    full_name = f"dashboard-{name}"
    iam.create_user(UserName=full_name)
    iam.put_user_policy(UserName=full_name, PolicyName=full_name, PolicyDocument=json.dumps(_policy(functions)))
    key = iam.create_access_key(UserName=full_name)["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=sandbox.region)
    settings: dict[str, Any] = {"endpoint_url": sandbox.url, "config": _PATIENT}
    return User(name, session.client("cloudwatch", **settings), session.client("lambda", **settings))


def _policy(functions: list[str]) -> dict[str, Any]:
    see = {"Effect": "Allow", "Action": "cloudwatch:GetDashboard", "Resource": "*"}
    call = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": functions}
    return {"Version": "2012-10-17", "Statement": [see, call]}
