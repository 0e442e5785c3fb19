"""The shipped state machine in a local engine: moto's, with our own Python instead of its Lambda containers."""

import json
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from tests.statemachine.machine import REGION, Machine

Task = Callable[[Any], Any]
Tasks = dict[str, Task]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An account of its own for each test, in moto."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(config={"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}):
        yield


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    """What each Task state runs, by the name of its folder; the one place that leans on moto's inside."""
    found: Tasks = {}

    def invoke(
        _backend: Any, function: str, _qualifier: Any, body: Any, _headers: Any, answer: dict[str, str]
    ) -> bytes:
        try:
            return json.dumps(found[function.rpartition(":")[2]](json.loads(body))).encode()
        except Exception as error:  # noqa: BLE001 - Lambda, too, catches whatever a handler raises
            answer["x-amz-function-error"] = "Unhandled"
            return json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}).encode()

    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
    # AWS names the errors of the direct call Lambda.*, as it does those of the tasks; moto writes lambda.*
    monkeypatch.setitem(state_task_service_aws_sdk._SERVICE_ERROR_NAMES, "lambda", "Lambda")
    monkeypatch.setattr(WaitFunction, "_wait_interval", lambda *_, **__: None)
    monkeypatch.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda _: None))
    return found


@pytest.fixture
def machine(aws: None, tasks: Tasks) -> Machine:
    return Machine()


@pytest.fixture
def shop(aws: None) -> Mapping[str, Any]:
    """The function `shop`, opted in, with the versions 1 and 2 and the alias `live` at version 1."""
    iam, client = boto3.client("iam"), boto3.client("lambda")
    role = iam.create_role(RoleName="shop", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    client.create_function(
        FunctionName="shop",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": b"one"},
        Publish=True,
        Tags={"rollout:alias": "live"},
    )
    client.create_alias(FunctionName="shop", Name="live", FunctionVersion="1")
    client.update_function_code(FunctionName="shop", ZipFile=b"two", Publish=True)
    return alias()


def alias() -> Mapping[str, Any]:
    return boto3.client("lambda").get_alias(FunctionName="shop", Name="live")
