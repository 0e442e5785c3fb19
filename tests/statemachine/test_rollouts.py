"""Whole rollouts: the shipped file and the real handlers, on moto's Lambda, CloudWatch and DynamoDB.

Periods last a second, and the counts of the next minute are published before the rollout begins, so that nothing
has to wait.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from rollout.aws.boto import clients
from rollout.dry_run.cost import EACH_LOOK, EACH_STEP, ONCE
from tests.statemachine.conftest import Task, Tasks
from tests.statemachine.machine import Machine

CONTEXT = SimpleNamespace(
    function_name="rollouts",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:rollouts",
    aws_request_id="test",
)
POLICY = {
    "steps": [{"percent": 10, "hold": "1s"}, {"percent": 50, "hold": "1s"}],
    "bake": "1s",
    "interval": "1s",
    "max_extension": 0,
}
SETTINGS = {
    "METRIC_PERIOD_SECONDS": "1",
    "METRIC_LAG_SECONDS": "0",
    "LEDGER_TABLE": "rollouts",
    "DEFAULT_POLICY": json.dumps(POLICY),
    "HOME_ACCOUNT_REGION": "123456789012/eu-west-1",
    "POLICY_PATH": "/rollouts/policies",
    "POWERTOOLS_SERVICE_NAME": "rollouts",
    "POWERTOOLS_METRICS_NAMESPACE": "LambdaRollouts",
    "POWERTOOLS_TRACE_DISABLED": "true",
}
CLIENTS = (clients.lambda_client, clients.cloudwatch_client, clients.dynamodb_client, clients.stepfunctions_client)


@pytest.fixture
def orchestrator(machine: Machine, tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """The state machine with our own handlers behind its tasks, and a ledger."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    for client in CLIENTS:
        client.cache_clear()
    _answer_what_moto_cannot(clients.lambda_client())
    _make_ledger()
    names = ("prepare_rollout", "shift_traffic", "judge_canary", "promote_version", "roll_back", "close_rollout")
    tasks |= {name: _real(name) for name in names}
    yield machine
    for client in CLIENTS:
        client.cache_clear()


def _real(name: str) -> Task:
    return lambda document: import_module(f"functions.{name}.app").handler(document, CONTEXT)


def _answer_what_moto_cannot(client: Any) -> None:
    """Moto knows no provisioned concurrency; Lambda says so by this error where an alias has none."""
    answer = {"Error": {"Code": "ProvisionedConcurrencyConfigNotFoundException", "Message": "none"}}
    client.meta.events.register(
        "before-call.lambda.GetProvisionedConcurrencyConfig",
        lambda **_: (AWSResponse("", 404, {}, None), answer),
    )


def _make_ledger() -> None:
    keys = {"target": "HASH", "entry": "RANGE"}
    boto3.client("dynamodb").create_table(
        TableName="rollouts",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
    )


def publish(version: str | None, calls: int, errors: int, after: int = 0, seconds: int = 60) -> None:
    """Publish what a version (None: whatever served) did in each second from five ago on, or so many after that."""
    dimensions = {"FunctionName": "shop", "Resource": "shop:live"} | ({"ExecutedVersion": version} if version else {})
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=5)
    for metric, value in {"Invocations": calls, "Errors": errors}.items():
        data = [
            {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
                "Timestamp": began + timedelta(seconds=second),
                "Value": value,
            }
            for second in range(after, seconds)
        ]
        boto3.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)


def alias() -> tuple[str, Mapping[str, float]]:
    found = boto3.client("lambda").get_alias(FunctionName="shop", Name="live")
    return found["FunctionVersion"], found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})


def ledger() -> list[dict[str, str]]:
    items = boto3.client("dynamodb").scan(TableName="rollouts")["Items"]
    texts = [{key: value["S"] for key, value in item.items() if "S" in value} for item in items]
    return sorted(texts, key=lambda item: item["entry"])


def outcome() -> str:
    return next(item["outcome"] for item in ledger() if item["entry"].startswith("rollout#"))


def test_a_healthy_version_is_promoted_and_watched(orchestrator: Machine, shop):
    publish("1", calls=900, errors=1)
    publish("2", calls=100, errors=0)
    publish(None, calls=1000, errors=1)
    ended = orchestrator.run({"function": "shop"})
    assert (ended.status, ended.error, alias()) == ("SUCCEEDED", None, ("2", {}))
    assert ended.output["ending"]["Cause"].startswith(
        "shop:live serves version 2 alone; healthy: errors since promotion"
    )
    assert (ended.visits("ShiftTraffic"), outcome()) == (2, "promoted")
    assert len(ledger()) == 1 + ended.visits("JudgeCanary")


def test_a_rollout_uses_what_its_price_is_counted_from(orchestrator: Machine, shop):
    """The call of StartRollout is the one that no execution makes."""
    publish("1", calls=900, errors=1)
    publish("2", calls=100, errors=0)
    publish(None, calls=1000, errors=1)
    done: list[Any] = []
    clients.dynamodb_client().meta.events.register("before-parameter-build.dynamodb", lambda **call: done.append(call))
    ended = orchestrator.run({"function": "shop"})
    counted = ONCE + EACH_STEP * 2 + EACH_LOOK * ended.visits("JudgeCanary")
    entered = [event["type"] for event in ended.events if event["type"].endswith("StateEntered")]
    assert (counted.transitions, counted.lambda_calls - 1) == (len(entered), entered.count("TaskStateEntered"))
    assert counted.reads == sum(_is_read(call) for call in done)
    assert counted.writes == sum(_writes(call) for call in done)


def _is_read(call: Mapping[str, Any]) -> bool:
    return call["model"].name in ("GetItem", "Query")


def _writes(call: Mapping[str, Any]) -> int:
    """How many entries a call writes: those of open rollouts and claims are in the index as well."""
    if _is_read(call):
        return 0
    entry = (call["params"].get("Item") or call["params"]["Key"])["entry"]["S"]
    return 2 if entry == "lock" or entry.startswith("rollout#") else 1


def test_a_dry_run_ends_green_with_its_plan_and_touches_nothing(orchestrator: Machine, shop):
    """P6."""
    ended = orchestrator.run({"function": "shop", "dry_run": True})
    assert ended.way == "PrepareRollout > ChooseStart:nothing_to_do > NothingToDo"
    assert ended.output["plan"]["start"] == "begin"
    assert (alias(), ledger()) == (("1", {}), [])


def test_a_faulty_version_is_taken_back_with_its_numbers(orchestrator: Machine, shop):
    publish("1", calls=900, errors=1)
    publish("2", calls=100, errors=40)
    ended = orchestrator.run({"function": "shop"})
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert ended.cause.startswith("shop:live serves version 1 alone again; unhealthy: the canary fails more often")


def test_a_version_that_fails_after_promotion_is_taken_back(orchestrator: Machine, shop):
    publish("1", calls=900, errors=1)
    publish("2", calls=100, errors=0)
    publish(None, calls=1000, errors=400)
    ended = orchestrator.run({"function": "shop"})
    assert ended.visits("PromoteVersion") == 1
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert "max_error_percent 5 %" in ended.cause


AT_ONCE = {"function": "shop", "policy": POLICY | {"steps": "AllAtOnce"}}


def test_a_version_is_promoted_at_once_and_watched(orchestrator: Machine, shop):
    publish(None, calls=1000, errors=1)
    ended = orchestrator.run(AT_ONCE)
    assert (ended.status, alias(), outcome()) == ("SUCCEEDED", ("2", {}), "promoted")
    assert (ended.visits("ShiftTraffic"), ended.visits("PromoteVersion")) == (0, 1)
    assert ended.output["ending"]["Cause"].startswith(
        "shop:live serves version 2 alone; healthy: errors since promotion"
    )


def test_a_version_promoted_at_once_that_fails_is_taken_back(orchestrator: Machine, shop, tasks: Tasks):
    """P1: what stable did is what the alias did before promotion."""
    publish(None, calls=1000, errors=1, seconds=5)
    fail = partial(publish, None, calls=1000, errors=400, after=5)
    tasks["promote_version"] = _before(fail, tasks["promote_version"])
    ended = orchestrator.run(AT_ONCE)
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert "max_error_percent 5 %" in ended.cause


def test_a_promotion_at_once_whose_answer_is_lost_is_taken_back(orchestrator: Machine, shop, tasks: Tasks):
    """P1, P10: the alias at the canary is known for our own doing."""
    tasks["promote_version"] = _then_fall(tasks["promote_version"])
    ended = orchestrator.run(AT_ONCE)
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert ended.cause.endswith("MemoryError: no room")


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"function": "shop", "version": "1"}, "AlreadyServedError"),
        ({"function": "nobody"}, "UnknownFunctionError"),
        ({"function": "shop", "versoin": "2"}, "InvalidRequestError"),
        ({"function": "shop", "policy": {"steps": [{"percent": 0.1, "hold": "5m"}]}}, "InvalidPolicyError"),
        (["shop"], "InvalidRequestError"),
    ],
)
def test_a_request_is_rejected_by_name_and_nothing_is_touched(orchestrator: Machine, shop, asked: object, error: str):
    ended = orchestrator.run(asked)
    assert (ended.way.split(" > ")[-1], ended.error) == ("RolloutRejected", error)
    assert (alias(), ledger()) == (("1", {}), [])


def test_a_version_nobody_calls_is_handed_over(orchestrator: Machine, shop):
    ended = orchestrator.run({"function": "shop", "policy": POLICY | {"on_inconclusive": "hand_over"}})
    assert (ended.error, alias(), outcome()) == ("RolloutHandedOver", ("1", {"2": 0.1}), "handed_over")
    assert "no datapoint for the canary" in ended.cause


def test_an_alias_moved_by_somebody_else_is_left_alone(orchestrator: Machine, shop, tasks: Tasks):
    """The canary is unhealthy, but by the time of the rollback the alias serves a third version."""
    publish("1", calls=900, errors=1)
    publish("2", calls=100, errors=40)
    tasks["judge_canary"] = _after(_move_alias, tasks["judge_canary"])
    ended = orchestrator.run({"function": "shop"})
    assert (ended.error, alias(), outcome()) == ("RolloutHandedOver", ("3", {}), "handed_over")
    assert "was moved by somebody else" in ended.cause


def test_an_alias_moved_during_the_bake_is_left_alone(orchestrator: Machine, shop, tasks: Tasks):
    """P2: the next look notices, however well the canary does."""
    publish("1", calls=900, errors=1)
    publish("2", calls=100, errors=0)
    publish(None, calls=1000, errors=1)
    tasks["promote_version"] = _before(_move_alias, tasks["promote_version"])
    ended = orchestrator.run({"function": "shop"})
    assert (ended.error, alias(), outcome()) == ("RolloutHandedOver", ("3", {}), "handed_over")
    assert (ended.visits("PromoteVersion"), ended.visits("RollBack")) == (1, 0)
    assert ended.cause == (
        "shop:live was moved by somebody else: version 2 was expected, and it points at version 3. It is left as it is"
    )


def _before(happening: Callable[[], None], task: Task) -> Task:
    def early(document: Any) -> Any:
        answer = task(document)
        happening()
        return answer

    return early


def _after(happening: Callable[[], None], task: Task) -> Task:
    def late(document: Any) -> Any:
        happening()
        return task(document)

    return late


def _move_alias() -> None:
    client = boto3.client("lambda")
    client.update_function_code(FunctionName="shop", ZipFile=b"three", Publish=True)
    client.update_alias(
        FunctionName="shop", Name="live", FunctionVersion="3", RoutingConfig={"AdditionalVersionWeights": {}}
    )


@pytest.mark.parametrize("dead", ["shift_traffic", "judge_canary", "promote_version"])
def test_a_task_that_dies_after_its_write_is_taken_back(orchestrator: Machine, shop, tasks: Tasks, dead: str):
    publish("1", calls=900, errors=1)
    publish("2", calls=100, errors=0)
    tasks[dead] = _then_fall(tasks[dead])
    ended = orchestrator.run({"function": "shop"})
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert ended.cause.endswith("MemoryError: no room")


def _then_fall(task: Task) -> Task:
    def fallen(document: Any) -> Any:
        task(document)
        raise MemoryError("no room")

    return fallen
