"""Rollouts of functions in member accounts."""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.accounts import MEMBER, OTHER_REGION
from sandbox.shop import Shop
from tests.e2e.deployment import OTHER_EXTERNAL_ID
from tests.e2e.listener import receive_all
from tests.e2e.stack import Stack
from tests.e2e.stories.policies import LONG
from tests.e2e.stories.rollout import FinishedRollout, finish, roll_out, shop_with_canaries, start, stop
from tests.e2e.stories.writers import NamedMove, move_and_name
from tests.e2e.waiting import wait_for

UNTAGGED = "member-untagged"
"""The function in a member account that the forged documents name."""


@dataclass(frozen=True)
class ForgedWrite:
    """What a task answers to a document that names an untagged function, and what its alias serves."""

    answer: dict[str, Any]
    before: dict[str, float]
    after: dict[str, float]


@dataclass(frozen=True)
class MemberRollout(FinishedRollout):
    """A rollout in a member account, and what its tasks do with a document that was forged afterwards."""

    forged: dict[str, ForgedWrite]


@dataclass(frozen=True)
class RefusedEvent:
    """An event that StartRollout refused: its dead letter, and the executions of the version that it names."""

    shop: Shop
    dead_letter: dict[str, Any]
    executions: list[str]


def healthy_member_version(stack: Stack) -> MemberRollout:
    shop = stack.shop("member-healthy", account=MEMBER)
    with shop.traffic(per_second=6, callers=2):
        execution = stack.executions.wait_for_version(shop.name, shop.publish())
        rollout = finish(stack, shop, execution)
    return MemberRollout(shop, execution, rollout.description, _forge_writes(stack, execution))


def faulty_member_version(stack: Stack) -> FinishedRollout:
    """The function is in another region, too."""
    shop = stack.shop("member-faulty", account=MEMBER, region=OTHER_REGION)
    with shop.traffic(per_second=6, callers=2):
        execution = stack.executions.wait_for_version(shop.name, shop.publish(fault_percent=60))
        return finish(stack, shop, execution)


def member_rollout_stopped(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "member-stopped", account=MEMBER)
    execution = start(stack, shop, policy=LONG)
    stack.executions.wait_for_state(execution, "WaitForMetrics")
    return stop(stack, shop, execution)


def outside_change_moves_member_alias(stack: Stack) -> NamedMove:
    shop = shop_with_canaries(stack, "member-moved", count=2, account=MEMBER)
    with shop.traffic(per_second=2, callers=2):
        execution = start(stack, shop, version=3, policy=LONG)
        stack.executions.wait_for_state(execution, "WaitForMetrics")
        alias = {"FunctionVersion": "2", "RoutingConfig": {"AdditionalVersionWeights": {}}}
        return move_and_name(stack, shop, execution, **alias)


def external_id_differs(stack: Stack) -> FinishedRollout:
    shop = stack.shop("other-external-id", account=OTHER_EXTERNAL_ID)
    shop.publish(delay_ms=1)
    return roll_out(stack, shop)


def member_names_function_of_orchestrator(stack: Stack) -> RefusedEvent:
    """A member account publishes an event about a function of the orchestrator's own account."""
    shop = stack.shop("named-by-member", opted_in=False)
    stack.wait_for_version_events(shop, 1)
    shop.opt_in()
    stack.client("events", MEMBER).put_events(Entries=[version_published(shop.arn, version="1")])
    return RefusedEvent(shop, _dead_letter(stack, shop), stack.executions.of_version(shop.name, "1"))


def version_published(function: str, bus: str = "default", **detail: Any) -> dict[str, str]:
    """Return the entry for PutEvents with which a pipeline announces a published version."""
    document = json.dumps({"function": function} | detail)
    return {"Source": "rollouts", "DetailType": "Version Published", "Detail": document, "EventBusName": bus}


def _dead_letter(stack: Stack, shop: Shop) -> dict[str, Any]:
    """Wait for the dead letter of an event about a shop's function; return it."""
    queues, name = stack.client("sqs"), stack.physical_ids["MissedVersionsQueue"].split("/")[-1]
    url, letters = queues.get_queue_url(QueueName=name)["QueueUrl"], []

    def about_shop() -> list[dict[str, Any]]:
        letters.extend(receive_all(queues, url))
        return [letter for letter in letters if letter["requestPayload"]["detail"].get("function") == shop.arn]

    return wait_for(about_shop, lambda: f"No dead letter names {shop.arn}: {letters}.")[0]


def _forge_writes(stack: Stack, execution: str) -> dict[str, ForgedWrite]:
    """Give each task that writes an alias its own document, with the name of an untagged function."""
    shop = stack.shop(UNTAGGED, account=MEMBER, opted_in=False)
    shop.publish(delay_ms=1)
    inputs, answers = stack.executions.inputs(execution), {}
    for task in ("ShiftTraffic", "PromoteVersion", "RollBack"):
        if task == "RollBack":
            shop.update_alias(RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}})
        document = _forge(stack, inputs.get(task) or inputs["PromoteVersion"], shop)
        served = shop.shares()
        answers[task] = ForgedWrite(stack.run_task(task, document, shop), served, shop.shares())
    return answers


def _forge(stack: Stack, document: dict[str, Any], shop: Shop) -> dict[str, Any]:
    alias = stack.client("lambda", MEMBER).get_alias(FunctionName=shop.name, Name=shop.alias)
    target = document["target"] | {"function": shop.name}
    return document | {"target": target, "revision_id": alias["RevisionId"]}
