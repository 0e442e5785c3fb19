"""Gives commands to the rollout of a cell, and reads what became of them."""

import json
from typing import Any
from uuid import uuid4

from sandbox.shop import Shop
from stress.faults.given_command import WHY, GivenCommand
from stress.faults.stack import Stack

_LATE = "late"


def give(stack: Stack, shop: Shop, command: str, *, is_late: bool = False) -> None:
    """Start a command to the live rollout of a function, as an operator does."""
    stack.client("stepfunctions").start_execution(
        stateMachineArn=stack.outputs["CommandStateMachineArn"],
        name=f"{shop.name}-{_LATE if is_late else command}-{uuid4().hex[:8]}",
        input=json.dumps({"function": shop.name, "command": command, "why": WHY}),
    )


def given(stack: Stack, shop: Shop) -> list[GivenCommand]:
    """Return every command that was given to a function's rollouts, in no order."""
    machine = {"stateMachineArn": stack.outputs["CommandStateMachineArn"]}
    pages = stack.client("stepfunctions").get_paginator("list_executions").paginate(**machine)
    arns = [execution["executionArn"] for page in pages for execution in page["executions"]]
    own = [stack.describe(arn) for arn in arns if f":{shop.name}-" in arn]
    records = [entry for entry in stack.ledger(shop) if entry["entry"].startswith("command#")] if own else []
    return [_given(execution, records) for execution in own]


def _given(execution: dict[str, Any], records: list[dict[str, Any]]) -> GivenCommand:
    arn = execution["executionArn"]
    return GivenCommand(
        command=json.loads(execution["input"])["command"],
        execution=arn,
        status=execution["status"],
        error=execution.get("error") or "",
        is_late=f"-{_LATE}-" in arn,
        records=tuple(record for record in records if record["command_execution"] == arn),
    )
