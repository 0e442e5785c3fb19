"""Rollouts by the way they start: by an event, by an operator, by a pipeline, by a stored policy."""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.server import ROOT
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import AT_ONCE, QUICK
from tests.e2e.stories.rollout import (
    FinishedRollout,
    finish,
    roll_out,
    shop_with_canaries,
    shop_with_canary_of_other_role,
    start,
)


@dataclass(frozen=True)
class HealthyRollout(FinishedRollout):
    """A rollout that promoted its version, and what some of its functions answer when they run once more."""

    late_shift: dict[str, Any]
    """The answer of the first shift, invoked after the end."""
    second_event: dict[str, Any]
    """The answer of StartRollout to a repeated event."""


def healthy_version_published(stack: Stack) -> HealthyRollout:
    shop = stack.shop("healthy")
    with shop.traffic(per_second=6, callers=2):
        execution = stack.executions.wait_for_version(shop.name, shop.publish())
        rollout = finish(stack, shop, execution)
    late_shift = stack.run_task("ShiftTraffic", stack.executions.inputs(execution)["ShiftTraffic"], shop)
    second_event = stack.invoke("StartRolloutFunction", published_event(f"{shop.arn}:2"))
    return HealthyRollout(shop, execution, rollout.description, late_shift, second_event)


@dataclass(frozen=True)
class RepeatedTasks(FinishedRollout):
    """A rollout whose writing functions run twice, as if their first answers had been lost."""

    answers: dict[str, dict[str, Any]]
    """The second answer of each state."""


def tasks_run_twice(stack: Stack) -> RepeatedTasks:
    shop = shop_with_canaries(stack, "repeated-tasks")
    with shop.traffic(per_second=4, callers=2):
        execution = start(stack, shop, policy=QUICK | {"steps": [{"percent": 50, "hold": 15}], "bake": 15})
        answers = {state: _run_again(stack, execution, state) for state in ("ShiftTraffic", "PromoteVersion")}
        rollout = finish(stack, shop, execution)
    return RepeatedTasks(shop, execution, rollout.description, answers)


def _run_again(stack: Stack, execution: str, state: str) -> dict[str, Any]:
    stack.executions.wait_for_state(execution, "WaitForMetrics", after=state)
    return stack.invoke(f"{state}Function", stack.executions.inputs(execution)[state])


def faulty_version_published(stack: Stack) -> FinishedRollout:
    shop = stack.shop("faulty")
    with shop.traffic(per_second=6, callers=2):
        execution = stack.executions.wait_for_version(shop.name, shop.publish(fault_percent=60))
        return finish(stack, shop, execution)


def operator_starts_rollout(stack: Stack) -> FinishedRollout:
    """The request names only the function."""
    shop = shop_with_canaries(stack, "operated")
    with shop.traffic(per_second=6, callers=2):
        return roll_out(stack, shop)


def pipeline_starts_rollout(stack: Stack) -> FinishedRollout:
    """In an account without CloudTrail, the pipeline publishes the event; it does not name the version."""
    shop = shop_with_canaries(stack, "pipeline")
    detail = {"function": shop.name, "policy": QUICK}
    event = {"Source": "rollouts", "DetailType": "Version Published", "Detail": json.dumps(detail)}
    with shop.traffic(per_second=3, callers=2):
        stack.client("events").put_events(Entries=[event])
        execution = stack.executions.wait_for_version(shop.name, "2")
        return finish(stack, shop, execution)


def alias_is_missing(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "without-alias")
    stack.client("lambda").delete_alias(FunctionName=shop.name, Name=shop.alias)
    return roll_out(stack, shop)


def tag_names_policy(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "careful")
    careful = QUICK | {"steps": [{"percent": 30, "hold": 5}, {"percent": 70, "hold": 5}]}
    parameter = {"Name": "/rollouts/policies/careful", "Type": "String", "Value": json.dumps(careful)}
    stack.client("ssm").put_parameter(**parameter, Overwrite=True)
    shop.tag("rollout:policy", "careful")
    with shop.traffic(per_second=4, callers=2):
        return roll_out(stack, shop)


def other_role_is_promoted(stack: Stack) -> FinishedRollout:
    shop = shop_with_canary_of_other_role(stack, "at-once")
    with shop.traffic(per_second=3, callers=2):
        return roll_out(stack, shop, policy=AT_ONCE)


def published_event(version_arn: str) -> dict[str, Any]:
    """Return the event that CloudTrail records when a version is published."""
    event = json.loads((ROOT / "events" / "start_rollout.json").read_text())
    _, _, _, region, account, _, name, version = version_arn.split(":")
    elements = {"functionName": name, "functionArn": version_arn, "version": version}
    event["detail"]["responseElements"] |= elements
    return event | {"account": account, "region": region}
