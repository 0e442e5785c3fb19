"""The hooks of a cell: one of its own at the point of its state, and one that is always healthy at the others."""

import json
import time
from contextlib import suppress

from botocore.exceptions import ClientError

from sandbox.hook import Hook
from sandbox.shop import Shop
from stress.faults.matrix.cells import Cell
from stress.faults.matrix.fault import HookFault
from stress.faults.matrix.hook_faults import THROTTLED, UNDECIDED
from stress.faults.matrix.states import AFTER_TRAFFIC, BEFORE_TRAFFIC, EACH_STEP, HOOK
from stress.faults.stack import Stack
from stress.faults.stack_parameters import POLICY

HEALTHY_HOOK = "always-healthy"
"""The hook that every cell shares; its name lets no fault take it for the hook of a cell."""
_SAID_SECONDS, _POLL_SECONDS = 20, 0.4


def create_healthy(stack: Stack) -> None:
    """Create the hook that is healthy at the other points of every cell."""
    Hook(stack.local, HEALTHY_HOOK).create("null")


def create(stack: Stack, cell: Cell, shop: Shop) -> None:
    """Create the hook of a cell, and store the policy that names it, for a function whose tag names the policy."""
    fault = cell.fault.hook or HookFault()
    own = Hook(stack.local, name_of(shop))
    own.create(fault.answer, **fault.variables)
    hooks: dict[str, object] = {
        point: [{"function": HEALTHY_HOOK}] for point in (BEFORE_TRAFFIC, EACH_STEP, AFTER_TRAFFIC, "on_rollback")
    }
    hooks[cell.state.hook_point] = [{"function": own.name, "timeout": fault.timeout_seconds}]
    policy = json.dumps(POLICY | {"hooks": hooks})
    stack.client("ssm").put_parameter(Name=f"/rollouts/policies/{shop.name}", Value=policy, Type="String")
    shop.tag("rollout:policy", shop.name)


def delete(stack: Stack, shop: Shop) -> None:
    """Delete the hook of a function; nothing happens if it has none."""
    with suppress(ClientError):
        Hook(stack.local, name_of(shop)).delete()


def delete_undecided(stack: Stack, shop: Shop) -> None:
    """Delete the hook once it has asked to be called again."""
    _wait_until_said(stack, shop, UNDECIDED)
    delete(stack, shop)


def untag_undecided(stack: Stack, shop: Shop) -> None:
    """Remove the tag of the hook once it has asked to be called again."""
    _wait_until_said(stack, shop, UNDECIDED)
    Hook(stack.local, name_of(shop)).untag()


def throttle(stack: Stack, shop: Shop) -> None:
    """Let Lambda throttle the hook until an evaluation has said so."""
    lambda_, hook = stack.client("lambda"), {"FunctionName": name_of(shop)}
    lambda_.put_function_concurrency(**hook, ReservedConcurrentExecutions=0)
    _wait_until_said(stack, shop, THROTTLED)
    lambda_.delete_function_concurrency(**hook)


def _wait_until_said(stack: Stack, shop: Shop, words: str) -> None:
    """Wait until an evaluation has said this of the hook, or for _SAID_SECONDS: then the check finds it missing."""
    deadline = time.monotonic() + _SAID_SECONDS
    while time.monotonic() < deadline and words not in str(stack.ledger(shop)):
        time.sleep(_POLL_SECONDS)


def name_of(shop: Shop) -> str:
    return f"{shop.name}{HOOK}"
