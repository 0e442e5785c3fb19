"""Runs the handlers that ship, by the states they belong to."""

import importlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any


@cache
def folder(state: str) -> str:
    """Return the folder of a task's handler: JudgeCanary is judge_canary."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in state).lstrip("_")


def handle(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Run a handler, by its folder's name."""
    answer: dict[str, Any] = _bare(name)(document, None)
    return answer


@cache
def _bare(name: str) -> Callable[..., dict[str, Any]]:
    """Return a handler without what Powertools puts around it."""
    return inspect.unwrap(importlib.import_module(f"functions.{name}.app").handler)
