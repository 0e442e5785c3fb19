"""Turns pydantic's errors into sentences that list every invalid field of an input."""

import json
from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_LONGEST_SHOWN = 80

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
    "list_type": "write a list",
    "model_type": "write an object",
    "string_too_long": "write at most {max_length} characters",
    "string_too_short": "write at least {min_length} character",
    "string_type": "write a string",
    "too_long": "write at most {max_length} items",
    "too_short": "write at least {min_length} item",
    "value_error": "{error}",
}
"""What each error type of pydantic asks the operator to write."""


def format_problems(error: ValidationError, root: str = "") -> str:
    """Return every problem as `field is value: what to write`, joined by semicolons."""
    return "; ".join(_sentences(error, root))


def _sentences(error: ValidationError, root: str) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        yield _sentence(detail, _field(detail["loc"], root))


def _sentence(detail: ErrorDetails, field: str) -> str:
    match detail["type"]:
        case "missing":
            return f"{field} is missing: add it"
        case "extra_forbidden":
            return (
                f"{field} is not a known field (found {format_value(detail['input'])}): remove it or correct its name"
            )
        case "value_error" if isinstance(detail["input"], dict):
            # An error about several fields names them itself; the whole object would hide the sentence.
            return f"{field}.{_needed(detail)}"
    return f"{field} is {format_value(detail['input'])}: {_needed(detail)}"


def _needed(detail: ErrorDetails) -> str:
    needed = _NEEDED.get(detail["type"])
    # Only the sentences above are templates: pydantic's own messages may contain braces.
    return needed.format_map(detail.get("ctx", {})) if needed else detail["msg"]


def _field(location: tuple[int | str, ...], root: str) -> str:
    path = root
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".") or "the input"


def format_value(value: object) -> str:
    """Return a value as JSON, cut after 80 characters."""
    text = json.dumps(value, default=str)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
