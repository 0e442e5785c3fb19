"""Creates the two functions of a cell, and starts their release."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from botocore.exceptions import ClientError

from sandbox.shop import Shop
from stress.faults.matrix.cells import Cell
from stress.faults.release.matrix import STOPPED_IN_BAKE
from stress.faults.run_cell import create_function
from stress.faults.stack import Stack
from stress.faults.stack_parameters import POLICY

_LONG_BAKE_SECONDS = 20
"""Long enough to stop the execution in it."""


@contextmanager
def waiting_functions(stack: Stack, name: str, shops: list[Shop]) -> Iterator[None]:
    """Create the functions, whose versions wait for the release; delete them, which also ends their processes."""
    for shop in shops:
        create_function(stack, shop)
        shop.tag("rollout:release", "")  # without a value, no tag starts a release
    try:
        yield
    finally:
        stack.request("clear-faults", contains=name)
        for shop in shops:
            with suppress(ClientError):
                stack.client("lambda").delete_function(FunctionName=shop.name)


def start_release(stack: Stack, cell: Cell, name: str, shops: list[Shop]) -> str:
    """Start the release of a cell; return the ARN of its execution."""
    policy = {"policy": POLICY | {"bake": _LONG_BAKE_SECONDS}} if cell.fault is STOPPED_IN_BAKE else {}
    functions = [{"function": shop.name} | policy for shop in shops]
    response = stack.client("stepfunctions").start_execution(
        stateMachineArn=stack.outputs["ReleaseStateMachineArn"],
        name=name,
        input=json.dumps({"release": name, "functions": functions}),
    )
    return str(response["executionArn"])
