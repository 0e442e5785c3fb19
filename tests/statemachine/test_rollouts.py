"""Complete rollouts: the shipped definition and the shipped handlers, on moto's Lambda, CloudWatch and DynamoDB.

Periods last one second, and the counts of the next minute are published before the rollout begins, so that no test
has to wait.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from rollout.aws.boto import clients
from rollout.aws.lambda_.alias import LambdaAlias
from rollout.aws.parameter_store import parameter_store
from rollout.dry_run.cost import PER_EVALUATION, PER_GATE, PER_ROLLOUT, PER_STEP
from tests.statemachine.conftest import POLICY
from tests.statemachine.machine import Machine, definition
from tests.statemachine.moto_account import (
    alias,
    ledger,
    outcome,
    publish_counts,
    publish_healthy_counts,
    publish_unhealthy_counts,
)

AT_ONCE = {"function": "shop", "policy": POLICY | {"steps": "AllAtOnce"}}


def test_healthy_version_is_promoted_after_its_bake(orchestrator: Machine, shop):
    publish_healthy_counts()
    ended = orchestrator.run({"function": "shop"})
    assert (ended.status, ended.error, alias()) == ("SUCCEEDED", None, ("2", {}))
    assert ended.output["ending"]["Cause"].startswith(
        "shop:live serves version 2 alone; healthy: errors since promotion"
    )
    assert (ended.visits("ShiftTraffic"), outcome()) == (2, "promoted")
    evaluations = [entry for entry in ledger() if entry["entry"].startswith("evaluation#")]
    assert len(evaluations) == ended.visits("JudgeCanary")


APPROVAL = {"approval": {"timeout": 1, "on_timeout": "promote"}}


@pytest.mark.parametrize("gates", [[], [APPROVAL]], ids=["plain", "approval"])
def test_rollout_uses_the_resources_that_its_cost_counts(orchestrator: Machine, shop, gates):
    """The remaining Lambda call is that of StartRollout, which no execution makes."""
    publish_healthy_counts()
    calls: list[Any] = []
    clients.dynamodb_client().meta.events.register("before-parameter-build.dynamodb", lambda **call: calls.append(call))
    request = {"function": "shop", "policy": POLICY | {"steps": [*POLICY["steps"], *gates]}}
    ended = Machine(definition()["StartAt"]).run(request)
    usage = PER_ROLLOUT + PER_STEP * 2 + PER_GATE * len(gates) + PER_EVALUATION * ended.visits("JudgeCanary")
    entered = [event["type"] for event in ended.events if event["type"].endswith("StateEntered")]
    assert (usage.transitions, usage.lambda_calls - 1) == (len(entered), entered.count("TaskStateEntered"))
    assert usage.reads == sum(_is_read(call) for call in calls)
    assert usage.writes == sum(_writes(call) for call in calls)


def _is_read(call: Mapping[str, Any]) -> bool:
    return call["model"].name in ("GetItem", "Query")


def _writes(call: Mapping[str, Any]) -> int:
    """Return how many items a call writes: open rollouts and locks are in an index as well, endings in a second one."""
    if _is_read(call):
        return 0
    is_ending = ":ended" in call["params"].get("ExpressionAttributeValues", {})
    entry = (call["params"].get("Item") or call["params"]["Key"])["entry"]["S"]
    return (2 if entry == "lock" or entry.startswith(("rollout#", "starter#")) else 1) + is_ending


@pytest.mark.parametrize(
    ("on_timeout", "error", "left"),
    [
        ("promote", None, ("2", {})),
        ("roll_back", "RolloutRolledBack", ("1", {})),
        ("hand_over", "RolloutHandedOver", ("1", {"2": 0.1})),
    ],
)
def test_rollout_that_is_not_approved_ends_as_its_policy_says(orchestrator: Machine, shop, on_timeout, error, left):
    """P10: with the reason."""
    publish_healthy_counts()
    first, second = POLICY["steps"]
    steps = [first, {"approval": {"timeout": 1, "on_timeout": on_timeout}}, second]
    ended = orchestrator.run({"function": "shop", "policy": POLICY | {"steps": steps}})
    assert (ended.error, alias()) == (error, left)
    assert error is None or f"it was not approved within 1s, and on_timeout is {on_timeout}" in ended.cause


def test_version_waits_for_the_end_of_a_freeze_and_begins_by_itself(orchestrator: Machine, shop):
    """P7: a version that is published in a freeze is not lost."""
    publish_healthy_counts()
    parameter_store.cache_clear()
    until = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    freeze = json.dumps({"reason": "holidays", "until": until})
    boto3.client("ssm").put_parameter(Name="/rollouts/freeze", Value=freeze, Type="String")
    ended = orchestrator.run({"function": "shop"})
    parameter_store.cache_clear()
    assert ended.visits("WaitForTurn") > 0
    assert ended.visits("ShiftTraffic") > 0


def test_dry_run_succeeds_with_its_plan_and_changes_nothing(orchestrator: Machine, shop):
    """P6."""
    ended = orchestrator.run({"function": "shop", "dry_run": True})
    assert ended.path == "PrepareRollout > ChooseStart:nothing_to_do > NothingToDo"
    assert ended.output["plan"]["start"] == "begin"
    assert (alias(), ledger()) == (("1", {}), [])


def test_unhealthy_version_is_rolled_back_with_its_numbers(orchestrator: Machine, shop):
    publish_unhealthy_counts()
    ended = orchestrator.run({"function": "shop"})
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert ended.cause.startswith("shop:live serves version 1 alone again; unhealthy: the canary fails more often")


def test_version_that_fails_during_its_bake_is_rolled_back(orchestrator: Machine, shop, monkeypatch):
    publish_healthy_counts()
    change = LambdaAlias.change

    def fail_after_promotion(alias: LambdaAlias, version: str, *arguments: Any) -> Any:
        if version == "2":
            publish_counts("2", calls=1000, errors=400, after=6)
        return change(alias, version, *arguments)

    monkeypatch.setattr(LambdaAlias, "change", fail_after_promotion)
    ended = orchestrator.run({"function": "shop"})
    assert ended.visits("PromoteVersion") == 1
    assert (ended.error, alias(), outcome()) == ("RolloutRolledBack", ("1", {}), "rolled_back")
    assert "max_error_percent (5 %)" in ended.cause


def test_all_at_once_promotes_and_bakes(orchestrator: Machine, shop):
    publish_counts(None, calls=1000, errors=1)
    ended = orchestrator.run(AT_ONCE)
    assert (ended.status, alias(), outcome()) == ("SUCCEEDED", ("2", {}), "promoted")
    assert (ended.visits("ShiftTraffic"), ended.visits("PromoteVersion")) == (0, 1)
    assert ended.output["ending"]["Cause"].startswith(
        "shop:live serves version 2 alone; healthy: errors since promotion"
    )


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"function": "shop", "version": "1"}, "AlreadyServedError"),
        ({"function": "missing"}, "UnknownFunctionError"),
        ({"function": "shop", "versoin": "2"}, "InvalidRequestError"),
        ({"function": "shop", "policy": {"steps": [{"percent": 0.1, "hold": "5m"}]}}, "InvalidPolicyError"),
        (["shop"], "InvalidRequestError"),
    ],
)
def test_request_is_rejected_by_name_and_changes_nothing(orchestrator: Machine, shop, request_: object, error: str):
    ended = orchestrator.run(request_)
    assert (ended.path.split(" > ")[-1], ended.error) == ("RolloutRejected", error)
    assert (alias(), ledger()) == (("1", {}), [])


def test_version_without_calls_is_handed_over(orchestrator: Machine, shop):
    ended = orchestrator.run({"function": "shop", "policy": POLICY | {"on_inconclusive": "hand_over"}})
    assert (ended.error, alias(), outcome()) == ("RolloutHandedOver", ("1", {"2": 0.1}), "handed_over")
    assert "no datapoint for the canary" in ended.cause
