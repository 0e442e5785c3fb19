"""Says what is wrong with an input, field by field, so that a person can mend all of it at once."""

import json
from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_WHOLE_VALUE_SHOWN = 80


def problems(error: ValidationError, root: str = "") -> str:
    """Return every problem as `field is value: what is needed`, joined by semicolons."""
    return "; ".join(_sentences(error, root))


def _sentences(error: ValidationError, root: str) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        yield _sentence(detail, _field(detail["loc"], root))


def _sentence(detail: ErrorDetails, field: str) -> str:
    match detail["type"]:
        case "missing":
            return f"{field} is missing"
        case "extra_forbidden":
            return f"{field} is not a known field (found {_shown(detail['input'])})"
    return f"{field} is {_shown(detail['input'])}: {_needed(detail)}"


def _needed(detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return message[:1].lower() + message[1:]


def _field(location: tuple[int | str, ...], root: str) -> str:
    path = root
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.lstrip(".") or "the input"


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= _WHOLE_VALUE_SHOWN else text[:_WHOLE_VALUE_SHOWN] + "…"
