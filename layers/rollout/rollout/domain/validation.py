"""Says what is wrong with an input, field by field, so that a person can mend all of it at once."""

import json
from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_LONGEST_SHOWN = 80

_NEEDED = {
    "bool_type": "true or false is needed",
    "dict_type": "an object is needed",
    "enum": "{expected} is needed",
    "finite_number": "a number is needed",
    "float_type": "a number is needed",
    "greater_than": "a number above {gt:g} is needed",
    "greater_than_equal": "at least {ge:g} is needed",
    "int_from_float": "a whole number is needed",
    "int_type": "a whole number is needed",
    "less_than_equal": "at most {le:,.10g} is needed",
    "list_type": "a list is needed",
    "model_type": "an object is needed",
    "string_too_long": "at most {max_length} characters are taken",
    "string_too_short": "at least {min_length} character is needed",
    "string_type": "a text is needed",
    "too_long": "at most {max_length} are taken",
    "too_short": "at least {min_length} is needed",
    "value_error": "{error}",
}
"""What each of pydantic's complaints asks for, in an operator's words."""


def format_problems(error: ValidationError, root: str = "") -> str:
    """Return every problem as `field is value: what is needed`, joined by semicolons."""
    return "; ".join(_sentences(error, root))


def _sentences(error: ValidationError, root: str) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        yield _sentence(detail, _field(detail["loc"], root))


def _sentence(detail: ErrorDetails, field: str) -> str:
    match detail["type"]:
        case "missing":
            return f"{field} is missing: add it"
        case "extra_forbidden":
            return f"{field} is not a known field (found {format_value(detail['input'])}): take it out, or correct its name"
        case "value_error" if isinstance(detail["input"], dict):
            # A complaint about fields together names them itself; the whole value would only hide it.
            return f"{field}.{_needed(detail)}"
    return f"{field} is {format_value(detail['input'])}: {_needed(detail)}"


def _needed(detail: ErrorDetails) -> str:
    needed = _NEEDED.get(detail["type"])
    # Only ours are templates: what somebody else says may hold braces of its own.
    return needed.format_map(detail.get("ctx", {})) if needed else detail["msg"]


def _field(location: tuple[int | str, ...], root: str) -> str:
    path = root
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".") or "the input"


def format_value(value: object) -> str:
    """Return a value as the person who wrote it knows it, cut where it is long."""
    text = json.dumps(value, default=str)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
