"""Runs the shipped handlers."""

import importlib
import inspect
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

_CONTEXT = SimpleNamespace(
    log_group_name="/aws/lambda/rollouts",
    aws_request_id="request",
    invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:rollouts",
    get_remaining_time_in_millis=lambda: 300_000,
)


@cache
def folder_name(state: str) -> str:
    """Return the folder of a Task state's handler: `judge_canary` for JudgeCanary."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in state).lstrip("_")


def run_handler(folder: str, document: dict[str, Any]) -> dict[str, Any]:
    """Run the handler in a folder of `functions`; return its answer."""
    return _unwrapped(folder)(document, _CONTEXT)


@cache
def _unwrapped(folder: str) -> Callable[..., dict[str, Any]]:
    """Return a handler without its Powertools decorators."""
    handler: Callable[..., dict[str, Any]] = inspect.unwrap(importlib.import_module(f"functions.{folder}.app").handler)
    return handler
