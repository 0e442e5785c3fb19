"""Fixtures: an AWS account in moto with one opted-in function, and the handlers that use it."""

import importlib
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer
from moto import mock_aws

from rollout.aws.boto import clients
from rollout.aws.dynamodb.ledger import ledger as rollout_ledger
from rollout.aws.dynamodb.locks import locks
from rollout.aws.dynamodb.sweeps.sightings import sightings
from rollout.aws.powertools import logger
from rollout.domain.enums import Outcome
from rollout.lifecycle.guardian.missed_versions import Sighting
from rollout.notifications.moments import Moment
from rollout.state.endings import ending_of
from rollout.state.lock import lock_of
from rollout.state.rollout import Rollout
from tests.moto_lambda import answer_like_aws
from tests.moto_work import repeat_less
from tests.samples import TARGET

repeat_less()

ROOT = Path(__file__).parents[2]
POLICY = {"steps": [{"percent": 10, "hold": "5m"}, {"percent": 50, "hold": "5m"}], "bake": "5m"}
NOW = datetime(2026, 3, 1, 12, 6, 1, tzinfo=UTC)
"""Six minutes after the first shift of the documents in events/."""


class Wire:
    """Records the calls of the Lambda client to moto, and replaces answers."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: list[str] = []
        self._answers: dict[str, tuple[Any, Any]] = {}
        self._refusals: list[tuple[str, str, str]] = []
        self._hooks: list[tuple[str, Callable[..., Any]]] = []
        self._hook("before-call.lambda", self._record)
        # moto lacks this operation, and answers with its own error code where an alias already exists.
        self.refuse("GetProvisionedConcurrencyConfig", "ProvisionedConcurrencyConfigNotFoundException")
        self._hook("after-call.lambda.CreateAlias", _rename_conflict)

    def disconnect(self) -> None:
        """Remove every hook, and with it every replaced answer."""
        for name, hook in self._hooks:
            self.client.meta.events.unregister(name, hook)

    def refuse(self, operation: str, code: str) -> None:
        """Answer an operation with this error code."""
        self._answers[operation] = SimpleNamespace(status_code=400), {"Error": {"Code": code, "Message": "no"}}

    def refuse_function(self, operation: str, function: str, code: str) -> None:
        """Answer an operation on one function with this error code."""
        self._refusals.append((operation, f"/functions/{function}/", code))

    def refuse_once(self, operation: str, code: str, status: int) -> list[str]:
        """Answer the next call of an operation with this error code; return a list that is empty afterwards."""
        left = [code]

        def refuse(**_: Any) -> tuple[Any, Any] | None:
            if not left:
                return None
            return SimpleNamespace(status_code=status), {"Error": {"Code": left.pop(), "Message": "no"}}

        self._hook(f"before-call.lambda.{operation}", refuse)
        return left

    def answer(self, operation: str, **answer: Any) -> None:
        """Answer an operation with this response."""
        self._answers[operation] = SimpleNamespace(status_code=200), answer

    def describe(self, version: str, **changes: Any) -> None:
        """Change the configuration of a version in the answers of GetFunction."""

        def change(parsed: Any, **_: Any) -> None:
            if parsed.get("Configuration", {}).get("Version") == version:
                parsed["Configuration"].update(changes)

        self._hook("after-call.lambda.GetFunction", change)

    def _record(self, model: Any, params: Any, **_: Any) -> tuple[Any, Any] | None:
        self.calls.append(model.name)
        for operation, path, code in self._refusals:
            if model.name == operation and path in params["url_path"]:
                return SimpleNamespace(status_code=403), {"Error": {"Code": code, "Message": "no"}}
        return self._answers.get(model.name)

    def _hook(self, name: str, hook: Callable[..., Any]) -> None:
        self._hooks.append((name, hook))
        self.client.meta.events.register_first(name, hook)


def _rename_conflict(parsed: Any, **_: Any) -> None:
    if parsed.get("Error", {}).get("Code") == "ConflictException":
        parsed["Error"]["Code"] = "ResourceConflictException"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DEFAULT_POLICY": json.dumps(POLICY),
        "CANARY_LOGS": "on",
        "LEDGER_TABLE": "ledger",
        "HOME_ACCOUNT_REGION": "123456789012/eu-west-1",
        "MEMBER_EXTERNAL_ID": "",
        "MEMBER_ROLE": "arn:aws:iam::{account}:role/rollouts-member-{region}",
        "ALIAS_ROLES": "rollouts-writer-{region},rollouts-restorer-{region}",
        "WRITING_ROLES": "rollouts-ShiftTrafficFunctionRole,lambda-rollouts-ShiftTrafficFunctionRole-1A2B3C4D5E6F",
        "METRIC_PERIOD_SECONDS": "60",
        "METRIC_LAG_SECONDS": "120",
        "ALIAS_READ_SECONDS": "900",
        "POLICY_PATH": "/rollouts/policies",
        "FREEZE_PARAMETER": "/rollouts/freeze",
        "BUS_NAME": "rollouts",
        "METRICS_BY_FUNCTION": "true",
        "POWERTOOLS_METRICS_NAMESPACE": "LambdaRollouts",
        "POWERTOOLS_SERVICE_NAME": "rollouts",
        "COMMAND_STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts-commands",
        "RELEASE_STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts-releases",
        "RELEASE_WAIT_MINUTES": "30",
        "TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:rollouts",
        "TAKE_COMMAND_ARN": "arn:aws:lambda:eu-west-1:123456789012:function:TakeCommand:buttons",
        "CHAT_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:chats",
        "NOTIFY_ON": ",".join(Moment),
        "STACK_NAME": "rollouts",
        "STARTER": "rollouts-StartRollout",
        "STACK_ALARMS": "rollouts-Alarm,rollouts-OtherAlarm",
        "STACK_FUNCTIONS": "rollouts-StartRollout,rollouts-Guardian",
        "VERSION_SWEEP_EVERY": "1 hour",
        "ALARM_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:alarms",
        "DASHBOARD_NAME": "rollouts",
        "STATE_MACHINE_ARN": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollouts",
    }.items():
        monkeypatch.setenv(name, value)


@cache
def client(service: str) -> Any:
    """Return a client of the tests, created once: botocore takes a third of a second for each."""
    return boto3.Session().client(service)


@pytest.fixture(autouse=True, scope="module")
def fresh_clients() -> Iterator[None]:
    """Remove the layer's clients after each module, so that no other test uses them."""
    factories = (
        clients.lambda_client,
        clients.fast_lambda_client,
        clients.cloudtrail_client,
        clients.cloudwatch_client,
        clients.fast_cloudwatch_client,
        clients.fast_logs_client,
        clients.dynamodb_client,
        clients.events_client,
        clients.sns_client,
        clients.stepfunctions_client,
        clients.tagging_client,
    )
    yield
    for factory in factories:
        factory.cache_clear()


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws(config={"lambda": {"use_docker": False}}):
        client("events").create_event_bus(Name="rollouts")
        client("sns").create_topic(Name="rollouts")
        client("sns").create_topic(Name="chats")
        yield


@pytest.fixture
def published(aws: None) -> Callable[[], list[dict[str, Any]]]:
    """A subscriber of the bus; called, it returns the events so far, in order."""
    url, arn = _queue("events")
    client("events").put_rule(Name="all", EventBusName="rollouts", EventPattern='{"source": ["rollouts"]}')
    client("events").put_targets(Rule="all", EventBusName="rollouts", Targets=[{"Id": "queue", "Arn": arn}])
    return _reader(url)


@pytest.fixture
def notifications(aws: None) -> Callable[[], list[dict[str, Any]]]:
    """A subscriber of the topic; called, it returns the notifications so far, in order."""
    url, arn = _queue("notifications")
    client("sns").subscribe(TopicArn="arn:aws:sns:eu-west-1:123456789012:rollouts", Protocol="sqs", Endpoint=arn)
    return _reader(url)


@pytest.fixture
def chats(aws: None) -> Callable[[], list[dict[str, Any]]]:
    """A subscriber of the topic for chats; called, it returns the messages so far, in order."""
    url, arn = _queue("chats")
    client("sns").subscribe(TopicArn="arn:aws:sns:eu-west-1:123456789012:chats", Protocol="sqs", Endpoint=arn)
    return _reader(url)


def _queue(name: str) -> tuple[str, str]:
    url = client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url, f"arn:aws:sqs:eu-west-1:123456789012:{name}"


def _reader(url: str) -> Callable[[], list[dict[str, Any]]]:
    received: list[dict[str, Any]] = []

    def read() -> list[dict[str, Any]]:
        while messages := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            received.extend(json.loads(message["Body"]) for message in messages)
        return received

    return read


@pytest.fixture
def my_api(aws: None) -> None:
    """The opted-in function my-api, with versions 1 and 2, and the alias live at version 1."""
    for client_with_tags in (clients.lambda_client(), clients.fast_lambda_client()):
        answer_like_aws(client_with_tags)
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
    wire.disconnect()


_KEYS = ("target", "entry", "open", "ended", "ended_at")


@pytest.fixture
def ledger(aws: None) -> Callable[[], list[dict[str, Any]]]:
    """An empty ledger; called, it returns its entries in order, without searches for who started a rollout."""
    client("dynamodb").create_table(
        TableName="ledger",
        KeySchema=_keys(target="HASH", entry="RANGE"),
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in _KEYS],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "open",
                "KeySchema": _keys(open="HASH", target="RANGE"),
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "ended",
                "KeySchema": _keys(ended="HASH", ended_at="RANGE"),
                "Projection": {"ProjectionType": "ALL"},
            },
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return lambda: sorted((item for item in _items() if _is_lasting(item["entry"])), key=lambda item: item["entry"])


def _is_lasting(entry: str) -> bool:
    return "#" in entry and not entry.startswith("starter#")


@pytest.fixture
def locked(ledger: Callable[[], list[dict[str, Any]]]) -> None:
    """The ledger with the lock of the execution in events/."""
    locks().acquire(lock_of(Rollout.model_validate(event("judge_canary"))))


def record_ending(outcome: Outcome, cause: str) -> None:
    """Record an ending of the rollout in events/, as the guardian does; the lock stays."""
    rollout = Rollout.model_validate(event("judge_canary"))
    rollout_ledger().close(rollout.target, rollout.execution, ending_of(outcome, cause), NOW)


def begin_rollback() -> None:
    """Let the rollout of the execution in events/ be in its rollback, as RollBack does."""
    rollout = Rollout.model_validate(event("judge_canary"))
    assert locks().begin_rollback(rollout.target, rollout.execution)


def _keys(**kinds: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in kinds.items()]


def owned_entry(entry: str) -> dict[str, Any] | None:
    """Return the alias's entry `lock` or `queue`; None where there is none."""
    return next((item for item in _items() if item["entry"] == entry), None)


def _items() -> list[dict[str, Any]]:
    deserialize = TypeDeserializer().deserialize
    items = client("dynamodb").scan(TableName="ledger")["Items"]
    return [{name: deserialize(value) for name, value in item.items()} for item in items]


@pytest.fixture
def state_machine(aws: None) -> Any:
    """A state machine whose executions do nothing."""
    role = client("iam").create_role(RoleName="machine", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    machines = client("stepfunctions")
    machines.create_state_machine(name="rollouts", definition='{"StartAt": "A", "States": {}}', roleArn=role)
    return machines


@pytest.fixture
def log() -> Iterator[list[logging.LogRecord]]:
    """The records that are logged during a test."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger.addHandler(handler)
    yield records
    logger.removeHandler(handler)


@pytest.fixture
def emf(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Called, it returns the lines in the embedded metric format since the last call."""

    def read() -> list[dict[str, Any]]:
        lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
        return [line for line in map(json.loads, lines) if "_aws" in line]

    return read


@pytest.fixture
def context() -> SimpleNamespace:
    """What Lambda tells a handler of its invocation."""
    return SimpleNamespace(
        function_name="task",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:of:task",
        aws_request_id="request",
        log_group_name="/aws/lambda/rollouts",
        get_remaining_time_in_millis=lambda: 300_000,
    )


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch, context: SimpleNamespace) -> Callable[..., Any]:
    """Run a handler by the name of its folder, at NOW; its input and answer pass through JSON, as in Lambda."""

    def run(name: str, document: Any, now: datetime = NOW) -> Any:
        app = importlib.import_module(f"functions.{name}.app")
        monkeypatch.setattr(app, "datetime", SimpleNamespace(now=lambda _zone: now), raising=False)
        return json.loads(json.dumps(app.handler(json.loads(json.dumps(document)), context)))

    return run


def remember(sighting: Sighting) -> None:
    """Let an earlier sweep of versions have left this."""
    sightings().save(TARGET, sighting.model_dump_json())


@pytest.fixture
def version_seen(ledger: Callable[[], list[dict[str, Any]]]) -> None:
    """A sweep saw version 2 for the first time an hour before NOW."""
    at = NOW - timedelta(hours=1)
    remember(Sighting(settled="1", waiting="2", waiting_since=at, seen_at=at))


def event(name: str) -> Any:
    """Return a file of events/ by its name."""
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


def move_alias(version: str, **weights: float) -> None:
    """Point the alias at a version, with weights for others, as another writer."""
    routing = {"AdditionalVersionWeights": weights}
    client("lambda").update_alias(FunctionName="my-api", Name="live", FunctionVersion=version, RoutingConfig=routing)


def alias() -> dict[str, Any]:
    """Return the version, the weights and the revision of the alias."""
    answer = client("lambda").get_alias(FunctionName="my-api", Name="live")
    return {
        "version": answer["FunctionVersion"],
        "weights": answer.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
        "revision": answer["RevisionId"],
    }
