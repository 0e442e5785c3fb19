"""botocore's service models: the shapes of each operation, and their documentation as plain text."""

import html
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import OperationModel, ServiceModel, Shape
from botocore.session import get_session
from botocore.validate import ParamValidator


@cache
def service(name: str) -> ServiceModel:
    return get_session().get_service_model(name)


def operation(name: str) -> OperationModel:
    """Return the model of an operation such as `lambda:GetAlias`."""
    service_name, operation_name = name.split(":")
    return service(service_name).operation_model(operation_name)


@cache
def documentation(name: str) -> str:
    """Return the documentation strings of an operation, its fields and its errors, without their markup."""
    model = operation(name)
    texts = [model.documentation]
    for shape in (model.input_shape, model.output_shape, *model.error_shapes):
        texts += [each.documentation for each in _shapes(shape, set())]
    return "\n".join(plain(text) for text in texts)


def plain(text: str) -> str:
    """Return a text without markup, each run of white space as one space."""
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
    return re.sub(r" ([.,;:)])", r"\1", words)


def _shapes(shape: Shape | None, seen: set[tuple[str, str]]) -> Iterator[Shape]:
    # A field has the name of its shape, and documentation of its own.
    if shape is None or (shape.name, shape.documentation) in seen:
        return
    seen.add((shape.name, shape.documentation))
    yield shape
    for inner in _inner(shape).values():
        yield from _shapes(inner, seen)


def _inner(shape: Any) -> dict[str, Shape]:
    match shape.type_name:
        case "structure":
            return dict(shape.members)
        case "list":
            return {"[]": shape.member}
        case "map":
            return {"{}": shape.value}
    return {}


def at(shape: Shape | None, path: str) -> Shape | None:
    """Return the shape at a path such as `Versions[].Version`; None where there is none."""
    for part in re.findall(r"\[\]|[^.\[\]]+", path):
        shape = _inner(shape).get(part) if shape else None
    return shape


def problems(shape: Any, value: Any, where: str = "") -> Iterator[str]:
    """Yield how a value breaks its shape: required and unknown fields, types, lengths, patterns and enums."""
    if report := ParamValidator().validate(value, shape).generate_report():
        yield f"{where}: {report}"
    for place, leaf, text in _texts(shape, value, where):
        pattern, longest, enum = (leaf.metadata.get(key) for key in ("pattern", "max", "enum"))
        if pattern and r"\u" not in pattern and not re.fullmatch(pattern, text):
            yield f"{place}: {text} does not match {pattern}"
        if longest and len(text) > longest:
            yield f"{place}: {text} is longer than {longest}"
        if enum and text not in enum:
            yield f"{place}: {text} is none of {enum}"


def _texts(shape: Any, value: Any, where: str) -> Iterator[tuple[str, Any, str]]:
    """Yield the place, the shape and the text of each text in a value, and of each key of a map."""
    if isinstance(value, str):
        yield where, shape, value
    if isinstance(value, dict) and shape.type_name == "map":
        yield from ((f"{where}.{name}", shape.key, name) for name in value)
    for name, each in _items(value):
        inner = _inner(shape)
        yield from _texts(inner.get(name) or inner["{}"], each, f"{where}.{name}")


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from (("[]", each) for each in value)
