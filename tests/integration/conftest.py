"""An AWS account in moto, with one opted-in function in it, and our handlers wired to it."""

import importlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer
from moto import mock_aws

from rollout.aws.boto import clients
from rollout.aws.wiring import locks
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout

ROOT = Path(__file__).parents[2]
POLICY = {"steps": [{"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}], "bake": "5m"}
NOW = datetime(2026, 3, 1, 12, 6, 1, tzinfo=UTC)
"""Six minutes after the documents in events/ were first shifted."""


class Wire:
    """The line between our Lambda client and moto: notes what is called, and changes an answer where a test says so."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.called: list[str] = []
        self._answers: dict[str, tuple[Any, Any]] = {}
        self._hooks: list[tuple[str, Callable[..., Any]]] = []
        self._hook("before-call.lambda", self._note)
        # moto does not know this operation, and has a code of its own for an alias made already.
        self.refuse("GetProvisionedConcurrencyConfig", "ProvisionedConcurrencyConfigNotFoundException")
        self._hook("after-call.lambda.CreateAlias", _name_conflicts_as_lambda_does)

    def cut(self) -> None:
        """Take every change back."""
        for name, hook in self._hooks:
            self.client.meta.events.unregister(name, hook)

    def refuse(self, operation: str, code: str) -> None:
        """Let AWS refuse an operation with this code."""
        self._answers[operation] = SimpleNamespace(status_code=400), {"Error": {"Code": code, "Message": "no"}}

    def answer(self, operation: str, **answer: Any) -> None:
        """Let AWS answer an operation so."""
        self._answers[operation] = SimpleNamespace(status_code=200), answer

    def describe(self, version: str, **changes: Any) -> None:
        """Let Lambda describe a version of the function so."""

        def change(parsed: Any, **_: Any) -> None:
            if parsed.get("Configuration", {}).get("Version") == version:
                parsed["Configuration"].update(changes)

        self._hook("after-call.lambda.GetFunction", change)

    def _note(self, model: Any, **_: Any) -> tuple[Any, Any] | None:
        self.called.append(model.name)
        return self._answers.get(model.name)

    def _hook(self, name: str, hook: Callable[..., Any]) -> None:
        self._hooks.append((name, hook))
        self.client.meta.events.register_first(name, hook)


def _name_conflicts_as_lambda_does(parsed: Any, **_: Any) -> None:
    if parsed.get("Error", {}).get("Code") == "ConflictException":
        parsed["Error"]["Code"] = "ResourceConflictException"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DEFAULT_POLICY": json.dumps(POLICY),
        "LEDGER_TABLE": "ledger",
        "HOME_ACCOUNT_REGION": "123456789012/eu-west-1",
        "MEMBER_EXTERNAL_ID": "",
        "MEMBER_ROLE": "arn:aws:iam::{account}:role/rollouts-member-{region}",
        "METRIC_PERIOD_SECONDS": "60",
        "METRIC_LAG_SECONDS": "120",
        "POLICY_PATH": "/rollouts/policies",
        "BUS_NAME": "rollouts",
        "TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:rollouts",
        "STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts",
    }.items():
        monkeypatch.setenv(name, value)


@cache
def client(service: str) -> Any:
    """Return our own client of a service: made once, for botocore takes a third of a second over each."""
    return boto3.Session().client(service)


@pytest.fixture(autouse=True, scope="module")
def fresh_clients() -> Iterator[None]:
    """Leave no client of ours to another room's tests."""
    made = (
        clients.lambda_client,
        clients.cloudtrail_client,
        clients.cloudwatch_client,
        clients.dynamodb_client,
        clients.events_client,
        clients.sns_client,
        clients.stepfunctions_client,
        clients.tagging_client,
    )
    yield
    for maker in made:
        maker.cache_clear()


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        client("events").create_event_bus(Name="rollouts")
        client("sns").create_topic(Name="rollouts")
        yield


@pytest.fixture
def news(aws: None) -> Callable[[], list[dict[str, Any]]]:
    """A listener on the bus; called, it returns what was told so far, in order."""
    url, arn = _queue("news")
    client("events").put_rule(Name="all", EventBusName="rollouts", EventPattern='{"source": ["rollouts"]}')
    client("events").put_targets(Rule="all", EventBusName="rollouts", Targets=[{"Id": "queue", "Arn": arn}])
    return _reader(url)


@pytest.fixture
def notifications(aws: None) -> Callable[[], list[dict[str, Any]]]:
    """A subscriber of the topic; called, it returns what people were told so far, in order."""
    url, arn = _queue("notices")
    client("sns").subscribe(TopicArn="arn:aws:sns:eu-west-1:123456789012:rollouts", Protocol="sqs", Endpoint=arn)
    return _reader(url)


def _queue(name: str) -> tuple[str, str]:
    url = client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:eu-west-1:123456789012:{name}"


def _reader(url: str) -> Callable[[], list[dict[str, Any]]]:
    heard: list[dict[str, Any]] = []

    def read() -> list[dict[str, Any]]:
        while messages := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            heard.extend(json.loads(message["Body"]) for message in messages)
        return heard

    return read


@pytest.fixture
def my_api(aws: None) -> None:
    """The function my-api, opted in, with the versions 1 and 2, and its alias live at version 1."""
    role = client("iam").create_role(RoleName="api", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions = client("lambda")
    code = {"Runtime": "python3.13", "Handler": "app.handler", "Code": {"ZipFile": b"one"}}
    functions.create_function(FunctionName="my-api", Role=role, Publish=True, Tags={"rollout:alias": "live"}, **code)
    functions.create_alias(FunctionName="my-api", Name="live", FunctionVersion="1")
    functions.update_function_code(FunctionName="my-api", ZipFile=b"two", Publish=True)


@pytest.fixture
def lambda_wire(aws: None) -> Iterator[Wire]:
    wire = Wire(clients.lambda_client())
    yield wire
    wire.cut()


@pytest.fixture
def ledger(aws: None) -> Callable[[], list[dict[str, Any]]]:
    """The ledger, empty; called, it returns its rollouts and looks in order."""
    client("dynamodb").create_table(
        TableName="ledger",
        KeySchema=_keys(target="HASH", entry="RANGE"),
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("target", "entry", "open")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "open",
                "KeySchema": _keys(open="HASH", target="RANGE"),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return lambda: sorted((item for item in _items() if "#" in item["entry"]), key=lambda item: item["entry"])


@pytest.fixture
def claimed(ledger: Callable[[], list[dict[str, Any]]]) -> None:
    """The ledger, with the claim in the hands of the execution that the documents in events/ belong to."""
    locks().take(lock_of(Rollout.model_validate(event("judge_canary"))))


def _keys(**kinds: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in kinds.items()]


def owned(entry: str) -> dict[str, Any] | None:
    """Return the alias's claim, or who waits for it; None where there is none."""
    return next((item for item in _items() if item["entry"] == entry), None)


def _items() -> list[dict[str, Any]]:
    read = TypeDeserializer().deserialize
    found = client("dynamodb").scan(TableName="ledger")["Items"]
    return [{name: read(value) for name, value in item.items()} for item in found]


@pytest.fixture
def state_machine(aws: None) -> Any:
    """The state machine; its executions come to nothing."""
    role = client("iam").create_role(RoleName="machine", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    machines = client("stepfunctions")
    machines.create_state_machine(name="rollouts", definition='{"StartAt": "A", "States": {}}', roleArn=role)
    return machines


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Any], Any]:
    """Run a handler by its folder's name, at NOW; input and answer are JSON, as they are in Lambda."""
    context = SimpleNamespace(
        function_name="task", memory_limit_in_mb=512, invoked_function_arn="arn:of:task", aws_request_id="request"
    )

    def run(name: str, document: Any) -> Any:
        app = importlib.import_module(f"functions.{name}.app")
        monkeypatch.setattr(app, "datetime", SimpleNamespace(now=lambda _zone: NOW), raising=False)
        return json.loads(json.dumps(app.handler(json.loads(json.dumps(document)), context)))

    return run


def event(name: str) -> Any:
    """Return an input from events/."""
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


def move_alias(version: str, **weights: float) -> None:
    """Point the alias at a version, with weights for others, as anybody with the right may."""
    routing = {"AdditionalVersionWeights": weights}
    client("lambda").update_alias(FunctionName="my-api", Name="live", FunctionVersion=version, RoutingConfig=routing)


def alias() -> dict[str, Any]:
    """Return the alias as Lambda shows it."""
    found = client("lambda").get_alias(FunctionName="my-api", Name="live")
    return {
        "version": found["FunctionVersion"],
        "weights": found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
        "revision": found["RevisionId"],
    }
