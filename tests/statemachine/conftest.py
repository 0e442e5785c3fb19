"""The shipped state machine in moto's engine, with Python functions in place of moto's Lambda containers."""

import json
import time
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from rollout.aws.boto import clients
from tests.moto_lambda import answer_like_aws
from tests.moto_work import repeat_less
from tests.statemachine.machine import ACCOUNT, REGION, Machine, client
from tests.statemachine.moto_account import LEDGER, answer_provisioned_concurrency, create_ledger

repeat_less()

CONTEXT = SimpleNamespace(
    function_name="rollouts",
    memory_limit_in_mb=512,
    invoked_function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:rollouts",
    aws_request_id="test",
    log_group_name="/aws/lambda/rollouts",
)
POLICY = {
    "steps": [{"percent": 10, "hold": "1s"}, {"percent": 50, "hold": "1s"}],
    "bake": "1s",
    "interval": "1s",
    "max_extension": 0,
    "on_inconclusive": "extend",
    "guards": {"missing_share": "advisory"},  # the published counts do not follow the shares
}
SETTINGS = {
    "METRIC_PERIOD_SECONDS": "1",
    "METRIC_LAG_SECONDS": "0",
    "ALIAS_READ_SECONDS": "900",
    "LEDGER_TABLE": LEDGER,
    "DEFAULT_POLICY": json.dumps(POLICY),
    "HOME_ACCOUNT_REGION": f"{ACCOUNT}/{REGION}",
    "CANARY_LOGS": "on",
    "POLICY_PATH": "/rollouts/policies",
    "FREEZE_PARAMETER": "/rollouts/freeze",
    "POWERTOOLS_SERVICE_NAME": "rollouts",
    "POWERTOOLS_METRICS_NAMESPACE": "LambdaRollouts",
    "POWERTOOLS_TRACE_DISABLED": "true",
}
CLIENTS = (
    clients.lambda_client,
    clients.fast_lambda_client,
    clients.cloudwatch_client,
    clients.fast_cloudwatch_client,
    clients.fast_logs_client,
    clients.dynamodb_client,
    clients.stepfunctions_client,
)
TASKS = (
    "prepare_rollout",
    "shift_traffic",
    "judge_canary",
    "promote_version",
    "roll_back",
    "read_canary_logs",
    "close_rollout",
)

_parse = AmazonStateLanguageParser.parse

Task = Callable[[Any], Any]
Tasks = dict[str, Task]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A new account in moto for each test."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    history = SimpleNamespace(paginate=lambda **_: [{"Events": []}])  # moto has no LookupEvents
    monkeypatch.setattr(clients, "cloudtrail_client", lambda: SimpleNamespace(get_paginator=lambda _name: history))
    with mock_aws(config={"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}):
        yield


@cache
def _syntax_tree(definition: str) -> Any:
    """Return the tree of a definition, which moto parses for each state machine and again for each execution."""
    return _parse(definition)[1]


def _parse_once(definition: str) -> tuple[Any, Any]:
    """Return a new program, which an execution may change, and the tree, which none changes."""
    tree = _syntax_tree(definition)
    return Preprocessor().visit(tree), tree


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    """The function of each Task state, by the name of its folder. Only this fixture uses moto's internals."""
    functions: Tasks = {}

    def invoke(
        _backend: Any, function: str, _qualifier: Any, body: Any, _headers: Any, response: dict[str, str]
    ) -> bytes:
        try:
            return json.dumps(functions[function.rpartition(":")[2]](json.loads(body))).encode()
        except Exception as error:  # noqa: BLE001 - Lambda catches every exception of a handler, too
            response["x-amz-function-error"] = "Unhandled"
            answer = {"errorMessage": str(error), "errorType": type(error).__name__, "requestId": "test"}
            return json.dumps(answer | {"stackTrace": traceback.format_tb(error.__traceback__)}).encode()

    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
    monkeypatch.setattr(AmazonStateLanguageParser, "parse", _parse_once)
    monkeypatch.setattr(StepFunctionsParserBackend, "_validate_definition", _syntax_tree)
    # AWS names the errors of the direct call Lambda.*, as it names those of the tasks; moto names them lambda.*
    monkeypatch.setitem(state_task_service_aws_sdk._SERVICE_ERROR_NAMES, "lambda", "Lambda")
    monkeypatch.setattr(WaitFunction, "_wait_interval", lambda *_, **__: None)
    monkeypatch.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda _: None))
    return functions


@pytest.fixture
def machine(aws: None, tasks: Tasks) -> Machine:
    return Machine()


@pytest.fixture
def orchestrator(machine: Machine, tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """The state machine with the shipped handlers as its tasks, and a ledger."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    for factory in CLIENTS:
        factory.cache_clear()
    answer_provisioned_concurrency(clients.lambda_client())
    answer_like_aws(clients.lambda_client())
    answer_like_aws(clients.fast_lambda_client())
    create_ledger()
    # A rollout waits for metrics by the clock: evaluating it all the while would only show the same again.
    monkeypatch.setattr(WaitFunction, "_wait_interval", lambda *_, wait_seconds, **__: time.sleep(wait_seconds / 4))
    tasks |= {name: _handler(name) for name in (*TASKS, "take_command")}
    yield machine
    for factory in CLIENTS:
        factory.cache_clear()


def _handler(name: str) -> Task:
    return lambda document: import_module(f"functions.{name}.app").handler(document, CONTEXT)


@pytest.fixture
def shop(aws: None) -> None:
    """The opted-in function `shop` with the versions 1 and 2; its alias `live` serves version 1."""
    functions = client("lambda")
    role = client("iam").create_role(RoleName="shop", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions.create_function(
        FunctionName="shop",
        Runtime="python3.13",
        Role=role,
        Handler="app.handler",
        Code={"ZipFile": b"one"},
        Publish=True,
        Tags={"rollout:alias": "live"},
    )
    functions.create_alias(FunctionName="shop", Name="live", FunctionVersion="1")
    functions.update_function_code(FunctionName="shop", ZipFile=b"two", Publish=True)
