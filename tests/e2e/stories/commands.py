"""Rollouts that an operator commands, and roles that may only command or only start."""

import json
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sandbox.accounts import HOME, MEMBER, OUTSIDER
from sandbox.shop import Shop
from tests.e2e.stack import Stack
from tests.e2e.stories.documented_policies import client_with_policy
from tests.e2e.stories.policies import LONG
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start
from tests.e2e.waiting import wait_for

WHY = "to see the commands"
SLOW = LONG | {"steps": [{"percent": 50, "hold": 600}], "interval": 60}
"""A policy whose next evaluation is a minute away."""


@dataclass(frozen=True)
class CommandedRollout(FinishedRollout):
    """A rollout that has ended, with the endings of the commands that it was given, in order."""

    answers: list[dict[str, Any]]
    seconds: float = 0
    """How long it took from the start of the last command until the alias was unsplit."""


def give(stack: Stack, shop: Shop, command: str, **fields: Any) -> dict[str, Any]:
    """Give a command as an operator does; return the description of its execution."""
    why = {} if command == "history" else {"why": WHY}
    name = shop.name if shop.account == HOME else shop.arn
    request = {"function": name, "command": command} | why | fields
    return stack.commands.wait_for_end(stack.commands.start(request))


def paused_and_promoted(stack: Stack) -> CommandedRollout:
    shop = shop_with_canaries(stack, "commanded")
    with shop.traffic(per_second=3, callers=2):
        execution = start(stack, shop, policy=LONG)
        stack.executions.wait_for_state(execution, "WaitForMetrics")
        answers = [give(stack, shop, "pause"), give(stack, shop, "pause")]
        _wait_for_reason(stack, shop, "paused by the command")
        answers += [give(stack, shop, command) for command in ("resume", "resume", "promote")]
        ended = finish(stack, shop, execution)
    answers.append(give(stack, shop, "history"))
    _name_givers(stack, shop)
    return CommandedRollout(shop, execution, ended.description, answers)


def aborted(stack: Stack) -> CommandedRollout:
    """The next evaluation is a minute away."""
    return _abort(stack, shop_with_canaries(stack, "aborted"))


def member_aborted(stack: Stack) -> CommandedRollout:
    return _abort(stack, shop_with_canaries(stack, "member-aborted", account=MEMBER))


def aborted_on_idle_machine(stack: Stack) -> CommandedRollout:
    """No story: it is played after all of them, so that the time is that of the abort."""
    return _abort(stack, shop_with_canaries(stack, "aborted-last"))


def _abort(stack: Stack, shop: Shop) -> CommandedRollout:
    execution = start(stack, shop, policy=SLOW)
    stack.executions.wait_for_state(execution, "WaitForMetrics")
    begun = time.monotonic()
    answers = [give(stack, shop, "abort")]
    wait_for(lambda: len(shop.shares()) == 1, lambda: f"{shop.name} is still split.")
    seconds = time.monotonic() - begun
    stack.ledger.wait_until_unlocked(shop)
    _name_givers(stack, shop)
    return CommandedRollout(shop, execution, finish(stack, shop, execution).description, answers, seconds)


def frozen_and_released(stack: Stack) -> CommandedRollout:
    """The canary is bad: without the freeze, it would be rolled back at once."""
    shop = shop_with_canaries(stack, "frozen", canary={"fault_percent": 80})
    execution = start(stack, shop, policy=LONG)
    stack.executions.wait_for_state(execution, "WaitForMetrics")
    answers = [give(stack, shop, "freeze")]
    with shop.traffic(per_second=6, callers=2):
        _wait_for_reason(stack, shop, "unhealthy")
        shares = shop.shares()
        answers.append({"shares": shares})
        answers.append(give(stack, shop, "release"))
        ended = finish(stack, shop, execution)
    _name_givers(stack, shop)
    return CommandedRollout(shop, execution, ended.description, answers)


def _wait_for_reason(stack: Stack, shop: Shop, part: str) -> None:
    """Wait until the newest evaluation's reason has this part."""

    def has_part() -> bool:
        evaluations = stack.ledger.evaluations(shop)
        return bool(evaluations) and part in evaluations[-1]["reason"]["S"]

    wait_for(has_part, lambda: f"No evaluation of {shop.name} says {part}.")


def _name_givers(stack: Stack, shop: Shop) -> None:
    """Run sweeps of aliases until each command of a shop has the name of who gave it."""

    def all_named() -> bool:
        stack.invoke("GuardianFunction", {"sweep": "aliases"})
        return all("given_by" in entry for entry in stack.ledger.commands(shop))

    wait_for(all_named, lambda: f"No sweep named who gave the commands of {shop.name}.")


def commands_name_functions_of_others(stack: Stack) -> dict[str, str]:
    """Return how a command ends for a function without a live rollout, and for functions of other accounts."""
    shop = shop_with_canaries(stack, "uncommanded")
    outside = shop.arn.replace(HOME, OUTSIDER)
    requests = {
        "no live rollout": {"function": shop.name},
        "no such function": {"function": "missing-function"},
        "an account that is no member": {"function": outside},
        "an alias in an account that is no member": {"function": outside, "alias": shop.alias},
        "a member account without such a function": {"function": shop.arn.replace(HOME, MEMBER)},
    }
    executions = {
        case: stack.commands.start({"command": "abort", "why": WHY} | request) for case, request in requests.items()
    }
    return {case: stack.commands.wait_for_end(arn)["error"] for case, arn in executions.items()}


def roles_are_told_apart(stack: Stack) -> dict[str, dict[str, str]]:
    """Return what each of the two documented policies allows: the result of a start, a command and a stop."""
    shop = shop_with_canaries(stack, "roles")
    requests = {
        "StateMachineArn": {"function": shop.name, "dry_run": True},
        "CommandStateMachineArn": {"function": shop.name, "command": "approve", "why": WHY},
    }
    rollout = start(stack, shop, dry_run=True)
    return {
        role: {output: _try(client, stack.outputs[output], request) for output, request in requests.items()}
        | {"StopExecution": _try_to_stop(client, rollout)}
        for role in ("commander", "starter")
        for client in [client_with_policy(stack, role, "stepfunctions")]
    }


def _try(client: Any, machine: str, request: dict[str, Any]) -> str:
    """Start an execution and read it, and return `allowed`, or the code of the error."""
    try:
        arn = client.start_execution(stateMachineArn=machine, input=json.dumps(request))["executionArn"]
        client.describe_execution(executionArn=arn)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"


def _try_to_stop(client: Any, execution: str) -> str:
    """Stop an execution, and return `allowed`, or the code of the error."""
    try:
        client.stop_execution(executionArn=execution)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"
