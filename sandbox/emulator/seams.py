"""Extends a behaviour of MiniStack by wrapping one of its functions."""

from collections.abc import Callable
from functools import wraps
from importlib.metadata import version
from typing import Any

Original = Callable[..., Any]
Record = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]


class SeamMissingError(Exception):
    """When MiniStack lacks a function that the sandbox extends."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"MiniStack {version('ministack')} has no {missing}; install the pinned version with `make setup`."
        )


def extends(owner: Any, name: str) -> Callable[[Original], Original]:  # noqa: ANN401 - a module or a class
    """Replace `owner.name` by the decorated function, which receives the original as its first argument."""
    original = getattr(owner, name, None)
    if original is None:
        raise SeamMissingError(f"{owner.__name__}.{name}")

    def install(extension: Original) -> Original:
        @wraps(original)
        def extended(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the original's arguments and result
            return extension(original, *args, **kwargs)

        setattr(owner, name, extended)
        return extension

    return install
