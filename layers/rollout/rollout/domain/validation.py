"""Turns pydantic's errors into sentences that list every invalid field of an input."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from rollout.domain.errors import RolloutError
from rollout.domain.json_values import REPEATED, plain_json
from rollout.domain.text import join_within, shorten

_LONGEST_SHOWN = 80
_LONGEST_FIELD = 160
_LONGEST_LIST = 2400
_ROOT = "the input"

_NEEDED = {
    "bool_type": "write true or false",
    "dict_type": "write an object",
    "enum": "write {expected}",
    "finite_number": "write a number",
    "float_type": "write a number",
    "greater_than": "write a number above {gt:g}",
    "greater_than_equal": "write at least {ge:g}",
    "int_from_float": "write a whole number",
    "int_type": "write a whole number",
    "less_than_equal": "write at most {le:,.10g}",
    "literal_error": "write {expected}",
    "list_type": "write a list",
    "model_type": "write an object",
    "string_pattern_mismatch": "write a text that matches {pattern}",
    "string_too_long": "write at most {max_length} characters",
    "string_too_short": "write at least {min_length} character",
    "string_type": "write a string",
    "too_long": "write at most {max_length} items",
    "too_short": "write at least {min_length} item",
    "value_error": "{error}",
}
"""What each error type of pydantic asks the operator to write."""

_M = TypeVar("_M", bound=BaseModel)


def read_as(model: type[_M], value: object, subject: str, refusal: type[RolloutError]) -> _M:
    """Return a handler's input as a model. Raises the refusal, which names each unreadable field with its value."""
    try:
        return model.model_validate(plain_json(value))
    except ValidationError as error:
        raise refusal(f"{subject} cannot be read: {format_problems(error)}.") from None


def format_problems(error: ValidationError, root: str = "") -> str:
    """Return the problems as `field is value: what to write`, joined by semicolons: the first ones, and how many more.

    The text has about 2,400 characters at most.
    """
    return join_within([*_sentences(error, root)], "; ", "problem", _LONGEST_LIST)


def _sentences(error: ValidationError, root: str) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        yield _sentence(detail, shorten(_field(detail["loc"], root), _LONGEST_FIELD))


def _sentence(detail: ErrorDetails, field: str) -> str:
    match detail["type"]:
        case "missing":
            return f"{field} is missing: add it"
        case "extra_forbidden":
            return f"{field} is {_extra(detail)}"
        case "rule":
            # A rule about several fields names them itself; the whole object would hide the sentence.
            return _needed(detail) if field == _ROOT else f"{field}.{_needed(detail)}"
    return f"{field} is {format_value(detail['input'])}: {_needed(detail)}"


def _extra(detail: ErrorDetails) -> str:
    found = format_value(detail["input"])
    if str(detail["loc"][-1]).endswith(REPEATED):
        return f"there twice (the last one is {found}): remove one of them"
    return f"not a known field (found {found}): remove it or correct its name"


def _needed(detail: ErrorDetails) -> str:
    kind = detail["type"]
    # What pydantic finds too long after another validator, it calls too long, whatever it is.
    is_text = isinstance(detail["input"], str) and kind in ("too_long", "too_short")
    needed = _NEEDED.get(f"string_{kind}" if is_text else kind)
    # Only the sentences above are templates: pydantic's own messages may contain braces.
    return needed.format_map(detail.get("ctx", {})) if needed else detail["msg"]


def _field(location: tuple[int | str, ...], root: str) -> str:
    path = root
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{_printable(part)}"
    return path.lstrip(".") or _ROOT


def _printable(key: str) -> str:
    key = key.removesuffix(REPEATED)
    return key if key.isprintable() else json.dumps(key)[1:-1]


def format_value(value: object) -> str:
    """Return a value as JSON, cut after 80 characters; an input of any size and depth is only read that far."""
    text = json.dumps(_beginning(value), default=str)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def _beginning(value: object, levels: int = _LONGEST_SHOWN) -> object:
    """Return the part of a value that its first 80 characters show: each level and item takes one or more."""
    if levels == 0:
        return "…"
    if isinstance(value, dict):
        return {_key(key): _beginning(item, levels - 1) for key, item in islice(value.items(), _LONGEST_SHOWN)}
    if isinstance(value, list | tuple):
        return [_beginning(item, levels - 1) for item in islice(value, _LONGEST_SHOWN)]
    if isinstance(value, str):
        return value[: _LONGEST_SHOWN + 1]
    return plain_json(value)


def _key(key: object) -> str:
    return str(plain_json(key))[: _LONGEST_SHOWN + 1]
