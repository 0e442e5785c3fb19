"""Freezes of the stack, as an operator sets and lifts them in Parameter Store."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from stress.faults.stack import Stack

FREEZE_SECONDS = 15
"""How long a freeze lasts that ends by itself."""
_PARAMETER = "/rollouts/freeze"
_READERS = ("PrepareRolloutFunction", "JudgeCanaryFunction")
"""The functions that read the freeze, and cache it for half a minute."""


def hold(stack: Stack) -> None:
    """Freeze the stack for FREEZE_SECONDS."""
    until = datetime.now(UTC) + timedelta(seconds=FREEZE_SECONDS)
    _put(stack, until=until.isoformat(), mode="hold")


def roll_back(stack: Stack) -> None:
    """Freeze the stack until it is lifted, and let each live rollout roll back."""
    _put(stack, mode="roll_back")


def lift(stack: Stack) -> None:
    """Delete the freeze; end the processes that have it cached, so that the next cell begins without one."""
    with suppress(ClientError):
        stack.client("ssm").delete_parameter(Name=_PARAMETER)
    for reader in _READERS:
        _end_processes(stack, stack.ids[reader])


def _end_processes(stack: Stack, function: str) -> None:
    """Update a function's configuration to what it is: its next call begins in a new process."""
    lambda_ = stack.client("lambda")
    timeout = lambda_.get_function_configuration(FunctionName=function)["Timeout"]
    lambda_.update_function_configuration(FunctionName=function, Timeout=timeout)
    lambda_.get_waiter("function_updated_v2").wait(FunctionName=function, WaiterConfig={"Delay": 0.1})


def _put(stack: Stack, **fields: str) -> None:
    value = json.dumps({"reason": "to see it held"} | fields)
    stack.client("ssm").put_parameter(Name=_PARAMETER, Value=value, Type="String", Overwrite=True)
