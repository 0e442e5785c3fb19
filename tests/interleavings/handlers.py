"""Runs the handlers that ship, by the states they belong to."""

import importlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic import BaseModel


@cache
def folder(state: str) -> str:
    """Return the folder of a task's handler: JudgeCanary is judge_canary."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in state).lstrip("_")


def handle(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Run a handler, by its folder's name."""
    handler, model = _bare(name)
    return handler(model.model_validate(document) if model else document, None)


@cache
def _bare(name: str) -> tuple[Callable[..., dict[str, Any]], type[BaseModel] | None]:
    """Return a handler without what Powertools puts around it, and the model it takes."""
    bare = inspect.unwrap(importlib.import_module(f"functions.{name}.app").handler)
    wanted = next(iter(inspect.signature(bare).parameters.values())).annotation
    return bare, wanted if isinstance(wanted, type) and issubclass(wanted, BaseModel) else None
