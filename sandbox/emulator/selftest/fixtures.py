"""The fixture of the checks: an account of its own with two functions, an alias, a queue and two roles."""

import io
import json
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from sandbox.emulator.iam import audit_log

ACCOUNT = "999999999999"
REGION = "us-east-1"
ALIAS = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:example:live"
UNTAGGED = "untagged"
_SOURCE = """
import time
def handler(event, context):
    time.sleep(event.get("sleep", 0))
    if event.get("fail"):
        raise LookupError("configured failure")
    if "print" in event:
        print(event["print"])
    if "size" in event:
        return "x" * event["size"]
    return context.function_version
"""
_TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


class Fixture:
    """The account in which the checks run, with its clients."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._create_client = cache(boto3.client)  # each takes a twentieth of a second of CPU
        self.lambda_ = self.client("lambda")
        self.events, self.sqs = self.client("events"), self.client("sqs")
        self.metrics, self.states = self.client("cloudwatch"), self.client("stepfunctions")
        self.iam, self.cloudtrail = self.client("iam"), self.client("cloudtrail")
        self.decisions = Path(tempfile.mkdtemp()) / "decisions.jsonl"
        self.queue = ""
        self.executions: dict[str, str] = {}

    def client(
        self,
        service: str,
        key: str = ACCOUNT,
        secret: str = "test",  # noqa: S107 - no secret
        token: str | None = None,
        region: str = REGION,
    ) -> Any:  # noqa: ANN401 - a client
        return self._create_client(
            service,
            endpoint_url=self._url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )

    def set_up(self) -> None:
        audit_log.start(self.decisions)
        self._create_trail_queue()
        self._create_roles()
        self.create_function("example", {"rollout:alias": "live"})
        self.create_function(UNTAGGED, {})
        weights = {"AdditionalVersionWeights": {"2": 1.0}}
        self.lambda_.create_alias(FunctionName="example", Name="live", FunctionVersion="1", RoutingConfig=weights)
        self.lambda_.create_alias(FunctionName=UNTAGGED, Name="live", FunctionVersion="1")

    def reset(self) -> None:
        audit_log.stop()
        request = urllib.request.Request(f"{self._url}/_ministack/reset", method="POST")  # noqa: S310
        urllib.request.urlopen(request).read()  # noqa: S310

    def _create_trail_queue(self) -> None:
        self.queue = self.sqs.create_queue(QueueName="trail")["QueueUrl"]
        self.events.put_rule(Name="trail", EventPattern='{"detail": {"eventName": [{"prefix": "UpdateAlias"}]}}')
        target = {"Id": "queue", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:trail"}
        self.events.put_targets(Rule="trail", Targets=[target])

    def _create_roles(self) -> None:
        tagged = {"StringEquals": {"aws:ResourceTag/rollout:alias": "live"}}
        mover = {"Action": ["lambda:GetAlias", "lambda:GetFunction", "lambda:UpdateAlias"], "Condition": tagged}
        machine = {"Action": "lambda:InvokeFunction", "Condition": tagged}
        for name, statement in {"mover": mover, "machine": machine}.items():
            self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=_TRUST)
            policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", **statement}]}
            self.iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(policy))

    def create_function(self, name: str, tags: dict[str, str], account: str = ACCOUNT, role: str = "mover") -> None:
        """Create a function with two published versions, which returns the version that runs."""
        functions = self.client("lambda", account)
        functions.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Handler="index.handler",
            Role=f"arn:aws:iam::{account}:role/{role}",
            Code={"ZipFile": package(_SOURCE)},
            Tags=tags,
            Publish=True,
        )
        functions.update_function_code(FunctionName=name, ZipFile=package(_SOURCE + "#"), Publish=True)


def code_of(call: Callable[..., Any], *arguments: object, **named: object) -> str:
    """Return the error code of a call, or `accepted`."""
    try:
        call(*arguments, **named)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


def package(source: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", source)
    return archive.getvalue()


def send_control_request(fixture: Fixture, name: str, **parameters: object) -> Any:  # noqa: ANN401 - JSON
    """Send a control request of the sandbox and return its result; `add-fault` has defaults."""
    if name == "add-fault":
        parameters = {"action": "lambda:UpdateAlias", "times": 1, **parameters}
    url = f"{fixture.lambda_.meta.endpoint_url}/_sandbox/{name}"
    request = urllib.request.Request(url, json.dumps(parameters).encode(), method="POST")  # noqa: S310
    return json.loads(urllib.request.urlopen(request).read())  # noqa: S310
