"""Checks a request against the limits of botocore's model of its service, which botocore itself leaves to AWS."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from unittest.mock import patch

import botocore.session
from ministack.core import responses

from sandbox.emulator.seams import Original, extends

# The emulator's clients and MiniStack would each read and parse the models of the services again.
botocore.session.create_loader = cache(botocore.session.create_loader)
_session = cache(botocore.session.get_session)


@cache
def input_shape(service: str, operation: str) -> Any:  # noqa: ANN401 - botocore's shapes have fields by their type
    """Return the shape of an operation's request."""
    return _session().get_service_model(service).operation_model(operation).input_shape


@extends(responses, "_service_model")
def _share_session(original: Original, service: str) -> Any:  # noqa: ANN401 - botocore's model of a service
    """MiniStack creates a session for each service, a tenth of a second of CPU."""
    with patch.object(botocore.session, "get_session", _session):
        return original(service)


def broken_limits(shape: Any, value: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - any part of a request
    """Yield a sentence for each text, list or number in a request that is outside the limits of its shape."""
    if not _fits(shape, value):
        yield f"The value for parameter {path} is outside {shape.name}: {dict(shape.metadata)}."
    for inner, item, name in _parts(shape, value):
        yield from broken_limits(inner, item, f"{path}.{name}".lstrip("."))


def _parts(shape: Any, value: Any) -> Iterator[tuple[Any, Any, str]]:  # noqa: ANN401 - any part of a request
    """Yield the shape, the value and the name of each field of a structure, or of each item of a list."""
    if shape.type_name == "structure":
        yield from ((field, value[name], name) for name, field in shape.members.items() if name in value)
    elif shape.type_name == "list":
        yield from ((shape.member, item, f"member.{number}") for number, item in enumerate(value, start=1))


def _fits(shape: Any, value: Any) -> bool:  # noqa: ANN401 - any part of a request
    limits = shape.metadata
    size = len(value) if shape.type_name in ("string", "list") else value
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        return False
    bounds = [(limits["min"], size)] if "min" in limits else []
    bounds += [(size, limits["max"])] if "max" in limits else []
    return all(low <= high for low, high in bounds)
