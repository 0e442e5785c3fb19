"""Rollouts that wait for an approval, which is given by the command in their event, or not given."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

from tests.e2e.stack import Stack
from tests.e2e.stories.policies import QUICK
from tests.e2e.stories.rollout import FinishedRollout, finish, shop_with_canaries, start
from tests.e2e.waiting import wait_for


@dataclass(frozen=True)
class ApprovedRollout(FinishedRollout):
    """A rollout that has ended, with the shares while it waited and the ending of the pasted command."""

    shares: dict[str, float]
    command: dict[str, Any]


def _policy(timeout: str) -> dict[str, Any]:
    return QUICK | {"steps": [*QUICK["steps"], {"approval": {"timeout": timeout}}]}


def approved(stack: Stack) -> ApprovedRollout:
    """The person pastes the command that the event has, as it is."""
    shop = shop_with_canaries(stack, "approved")
    with shop.traffic(per_second=6, callers=2):
        execution = start(stack, shop, policy=_policy("10m"))
        options = dict(zip(*[iter(shlex.split(_command_line(stack, execution))[3:])] * 2, strict=True))
        shares = shop.shares()
        assert options["--state-machine-arn"] == stack.outputs["CommandStateMachineArn"]
        command = stack.commands.wait_for_end(stack.commands.start(json.loads(options["--input"])))
        ended = finish(stack, shop, execution)
    return ApprovedRollout(shop, execution, ended.description, shares, command)


def not_approved(stack: Stack) -> FinishedRollout:
    shop = shop_with_canaries(stack, "not-approved")
    with shop.traffic(per_second=6, callers=2):
        execution = start(stack, shop, policy=_policy("10s"))
        return finish(stack, shop, execution)


def _command_line(stack: Stack, execution: str) -> str:
    """Return the command in the event that requests the approval, as soon as it has arrived."""

    def lines() -> list[str]:
        details = [event["detail"] for event in stack.listener.events(execution)]
        return [detail["command_line"] for detail in details if "command_line" in detail]

    wait_for(lambda: bool(lines()), lambda: f"{execution} requests no approval.")
    return lines()[0]
